#include "kafka/dead_letter_marks.h"

#include <optional>
#include <vector>

#include "absl/time/clock.h"
#include "base/text.h"
#include "kafka/consumer.h"
#include "kafka/dead_letter_headers.h"

namespace bellwether::kafka {
namespace {

constexpr int kPollMs = 100;

std::optional<std::string_view> header(const rd_kafka_message_t* m, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const void* value = nullptr;
  size_t bytes = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &bytes) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  return std::string_view(static_cast<const char*>(value), bytes);
}

// False when there was no room for it.
bool mark(const Record& letter, DeadLetterMarks& marks) {
  auto const from = header(letter.message, kTopicHeader);
  auto const partition = header(letter.message, kPartitionHeader);
  auto const offset = header(letter.message, kOffsetHeader);
  if (!from || !partition || !offset) return true;
  auto const p = base::parse_number<int32_t>(*partition);
  auto const o = base::parse_number<int64_t>(*offset);
  if (!p || !o) return true;
  return marks[{std::string(*from), *p}].add(*o);
}

}  // namespace

absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(const ClientOptions& options,
                                                       const std::string& topic, int partitions,
                                                       absl::Duration wait, const LogFn& log) {
  absl::Time const deadline = absl::Now() + wait;
  std::vector<Assignment> inputs;
  for (int p = 0; p < partitions; ++p) inputs.push_back({topic, p, RD_KAFKA_OFFSET_BEGINNING});
  auto consumer = InputConsumer::create(options, inputs, {}, log);
  if (!consumer.ok()) return consumer.status();
  Waiter waiter;
  for (size_t i = 0; i < inputs.size(); ++i) (*consumer)->wake_on(i, waiter);
  DeadLetterMarks marks;
  int64_t without_room = 0;
  std::vector<bool> ended(inputs.size());
  size_t open = inputs.size();
  Batch batch;
  while (open > 0) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(base::cat(topic, ": not read to its end in time"));
    }
    bool any = false;
    for (size_t i = 0; i < inputs.size(); ++i) {
      (*consumer)->poll(i, batch);
      if (!batch.error().ok()) return batch.error();
      any = any || !batch.records().empty();
      for (const Record& r : batch.records()) without_room += mark(r, marks) ? 0 : 1;
      if (batch.at_end() && !ended[i]) {
        ended[i] = true;
        --open;
      }
    }
    if (!any && open > 0) waiter.wait(kPollMs);
  }
  batch.clear();  // before the consumer that the records belong to
  if (without_room > 0 && log) {
    log(4, "DEADLETTER", base::cat(topic, ": ", without_room, " letters are too many to remember; they "
                                   "are written again"));
  }
  return marks;
}

}  // namespace bellwether::kafka
