// Fuzzes unframe() with bytes. It must read varints as protobuf's own reader does, and must return
// the bytes that were framed.
#include "core/events/frame.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>

#include "core/base/check.h"
#include "fuzz/input.h"

namespace bellwether::events {
namespace {

using std::string_literals::operator""s;

std::optional<std::string_view> unframe_with_protobuf(std::string_view value) {
  if (value.size() < kFrameHeadBytes || value[0] != '\0') return std::nullopt;
  std::string_view const rest = value.substr(kFrameHeadBytes);
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(rest.data()),
                                            static_cast<int>(rest.size()));
  uint64_t count = 0;
  if (!in.ReadVarint64(&count)) return std::nullopt;
  if (count != 0) {  // 0 means the path [0]
    uint64_t index = 0;
    if (google::protobuf::internal::WireFormatLite::ZigZagDecode64(count) != 1) return std::nullopt;
    if (!in.ReadVarint64(&index) || index != 0) return std::nullopt;
  }
  return rest.substr(static_cast<size_t>(in.CurrentPosition()));
}

void check(std::string_view value) {
  auto const message = unframe(value);
  BELLWETHER_CHECK(message == unframe_with_protobuf(value));
  BELLWETHER_CHECK(!message || (is_framed(value) && value.ends_with(*message)));
  std::string const head = "\0\0\0\1\x2a"s;
  for (const std::string& path : {"\0"s, "\x02\0"s, "\x82\0\x80\0"s}) {
    BELLWETHER_CHECK(unframe(head + path + std::string(value)) == value);
  }
}

}  // namespace
}  // namespace bellwether::events

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::events::check(bellwether::fuzz::Input(data, size).rest());
  return 0;
}
