#include "core/alerts/transition.h"

#include "core/base/text.h"

namespace bellwether::alerts {

std::string format(ResumeToken token) {
  if (token.index == UINT32_MAX) return base::cat(token.offset.value);
  return base::cat(token.offset.value, ".", token.index);
}

std::optional<ResumeToken> parse_resume_token(std::string_view text) {
  ResumeToken token;
  size_t const dot = text.find('.');
  if (dot != std::string_view::npos) {
    auto const index = base::parse_number<uint32_t>(text.substr(dot + 1));
    if (!index) return std::nullopt;
    token.index = *index;
    text = text.substr(0, dot);
  }
  auto const offset = base::parse_number<int64_t>(text);
  if (!offset || *offset < -1) return std::nullopt;
  token.offset = JournalOffset(*offset);
  return token;
}

}  // namespace bellwether::alerts
