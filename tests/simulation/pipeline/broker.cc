#include "simulation/pipeline/broker.h"

#include <algorithm>
#include <span>

#include "core/base/hash.h"

namespace bellwether::simulation {

base::LogMark mark_of(const Record& record, int64_t offset) {
  uint64_t digest = record.content.index();
  auto const add = [&](auto n) { digest = base::mix64(digest + static_cast<uint64_t>(n)); };
  if (const auto* refusal = std::get_if<events::Refusal>(&record.content)) {
    add(static_cast<int>(*refusal));
  } else {
    const auto& e = std::get<events::Event>(record.content);
    add(e.business.value);
    add(e.fact.value);
    add(e.sequence.value);
    for (int64_t n : {static_cast<int64_t>(e.kind), int64_t{e.effective.value},
                      int64_t{e.area.value}, int64_t{e.sector.value}, int64_t{e.size.value},
                      int64_t{e.code}, int64_t{e.minutes}, int64_t{e.response_bucket},
                      static_cast<int64_t>(e.type), int64_t{e.unregistered}, e.complete_to.value}) {
      add(n);
    }
  }
  return {offset, record.published.value, digest};
}

base::LogMark mark_of(std::string_view journal_record, int64_t offset) {
  return {offset, 0, base::hash64(journal_record)};
}

base::LogState Broker::look_at_journal(int64_t offset) const {
  base::LogState out{0, static_cast<int64_t>(journal_.size()), {}};
  if (offset >= 0 && offset < out.high)
    out.mark = mark_of(journal_[static_cast<size_t>(offset)], offset);
  return out;
}

base::LogState Broker::look(size_t lane, int64_t offset) const {
  base::LogState out{low(lane), high(lane), {}};
  if (offset >= out.low && offset < out.high) {
    out.mark = mark_of(logs_[lane][static_cast<size_t>(offset)], offset);
  }
  return out;
}

void Broker::truncate(size_t input, size_t partition, int64_t permille) {
  size_t const lane = input * partitions_ + partition;
  low_[lane] += (high(lane) - low_[lane]) * permille / 1000;
}

bool Broker::recreate(size_t input) {
  if (generations_[input] > 0) return false;  // a second time might restore an old record
  auto const lanes = std::span(logs_).subspan(input * partitions_, partitions_);
  std::vector<std::vector<Record>> again;
  for (const std::vector<Record>& log : lanes) {
    auto const bears_what_it_bore = [&](size_t by) {
      for (size_t o = 0; o < log.size(); ++o) {
        if (mark_of(log[(o + by) % log.size()], 0) == mark_of(log[o], 0)) return true;
      }
      return false;
    };
    size_t by = log.empty() ? 0 : 1;
    while (by < log.size() && bears_what_it_bore(by)) ++by;
    if (by == log.size() && !log.empty()) return false;
    again.push_back(log);
    std::ranges::rotate(again.back(), again.back().begin() + static_cast<ptrdiff_t>(by));
  }
  std::ranges::move(again, lanes.begin());
  std::fill_n(low_.begin() + static_cast<ptrdiff_t>(input * partitions_), partitions_, 0);
  ++generations_[input];
  // The dead letters of the old topic name offsets that now hold other records.
  std::erase_if(dead_letters,
                [&](const auto& letter) { return std::get<0>(letter.first) == input; });
  return true;
}

}  // namespace bellwether::simulation
