#include "runtime/journal/book_keeper.h"

#include <algorithm>

namespace bellwether::runtime {

BookKeeper::BookKeeper(base::Calendar calendar)
    : book_(calendar), published_(std::make_shared<const alerts::Book>(book_)) {}

void BookKeeper::start_from(alerts::Book book, PastBooks past) {
  auto copy = std::make_shared<const alerts::Book>(book);
  auto past_copy = std::make_shared<const PastBooks>(past);
  book_ = std::move(book);
  past_ = std::move(past);
  std::lock_guard lock(mutex_);
  published_ = std::move(copy);
  published_past_ = std::move(past_copy);
}

alerts::FoldOutcome BookKeeper::fold(base::JournalOffset offset, const alerts::JournalEntry& entry,
                                     base::UnixMillis written_at) {
  const auto* const tick = std::get_if<alerts::TickEvaluated>(&entry);
  std::shared_ptr<const alerts::Book> const from = tick == nullptr ? nullptr : before(*tick);
  past_.before_fold(book_);
  alerts::FoldOutcome const outcome = book_.fold(offset, entry);
  bool const settled = tick != nullptr && outcome == alerts::FoldOutcome::kApplied;
  past_.add(offset, entry, settled ? std::optional(tick->tick) : std::nullopt);
  std::lock_guard lock(mutex_);
  if (settled) {
    last_tick_at_ = offset;
    JournaledTick journaled = in_short(offset, *tick);
    journaled.before = from;
    remember(std::move(journaled));
  }
  outcomes_.emplace_back(offset, outcome);
  if (outcomes_.size() > kOutcomesKept) outcomes_.pop_front();
  if (caught_up_ && written_at.value > 0) write_times_.emplace_back(offset, written_at);
  if (write_times_.size() > kWriteTimesKept) write_times_.pop_front();
  return outcome;
}

// For a verdict the present book is equivalent to the book at tick.book_offset. The fold accepts no
// tick if rules or regime breaks changed between the two, and other records do not affect a
// verdict. The exception is another tick between the two: then the result is null.
std::shared_ptr<const alerts::Book> BookKeeper::before(const alerts::TickEvaluated& tick) const {
  if (!caught_up_ || tick.book_offset < last_tick_at_) return nullptr;
  if (published_->offset() == book_.offset()) return published_;
  return std::make_shared<const alerts::Book>(book_);
}

void BookKeeper::remember(JournaledTick tick) {
  ticks_.push_back(std::move(tick));
  if (ticks_.size() > kBooksBeforeKept) ticks_[ticks_.size() - 1 - kBooksBeforeKept].before.reset();
  if (ticks_.size() > kJournaledTicksKept) ticks_.pop_front();
}

std::optional<JournaledTick> BookKeeper::journaled(base::PeriodIndex tick) const {
  std::lock_guard lock(mutex_);
  if (ticks_.empty() || tick < ticks_.front().tick || ticks_.back().tick < tick)
    return std::nullopt;
  return ticks_[static_cast<size_t>(tick.value - ticks_.front().tick.value)];
}

std::optional<base::UnixMillis> BookKeeper::written_at(base::JournalOffset offset) const {
  std::lock_guard lock(mutex_);
  auto const found = std::ranges::lower_bound(
      write_times_, offset, {},
      [](const std::pair<base::JournalOffset, base::UnixMillis>& known) { return known.first; });
  if (found == write_times_.end() || found->first != offset) return std::nullopt;
  return found->second;
}

void BookKeeper::skip(base::JournalOffset offset) {
  book_.skip(offset);
}

void BookKeeper::publish(bool caught_up, const JournalPlace& place) {
  auto copy = std::make_shared<const alerts::Book>(book_);
  auto past = std::make_shared<const PastBooks>(past_);
  {
    std::lock_guard lock(mutex_);
    published_ = std::move(copy);
    published_past_ = std::move(past);
    place_ = place;
    caught_up_ = caught_up_ || caught_up;
  }
  changed_.notify_all();
}

std::shared_ptr<const alerts::Book> BookKeeper::view() const {
  std::lock_guard lock(mutex_);
  return published_;
}

BookKeeper::Published BookKeeper::published() const {
  std::lock_guard lock(mutex_);
  return {published_, published_past_, place_};
}

bool BookKeeper::caught_up() const {
  std::lock_guard lock(mutex_);
  return caught_up_;
}

std::optional<alerts::FoldOutcome> BookKeeper::wait_for(base::JournalOffset offset,
                                                        absl::Time deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, absl::ToChronoTime(deadline),
                      [&] { return stopped_ || published_->offset() >= offset; });
  if (published_->offset() < offset) return std::nullopt;
  auto const found = std::find_if(outcomes_.begin(), outcomes_.end(),
                                  [&](const auto& o) { return o.first == offset; });
  return found == outcomes_.end() ? alerts::FoldOutcome::kApplied : found->second;
}

void BookKeeper::wait_for_news(base::JournalOffset seen, absl::Duration wait) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(wait),
                    [&] { return stopped_ || published_->offset() != seen; });
}

void BookKeeper::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace bellwether::runtime
