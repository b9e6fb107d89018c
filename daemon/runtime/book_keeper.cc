#include "runtime/book_keeper.h"

#include <algorithm>

namespace bellwether::runtime {

BookKeeper::BookKeeper(base::Calendar calendar)
    : book_(calendar), published_(std::make_shared<const alerts::Book>(book_)) {}

void BookKeeper::start_from(alerts::Book book) {
  auto copy = std::make_shared<const alerts::Book>(book);
  book_ = std::move(book);
  std::lock_guard lock(mutex_);
  published_ = std::move(copy);
}

alerts::FoldOutcome BookKeeper::fold(base::JournalOffset offset, const alerts::JournalEntry& entry) {
  alerts::FoldOutcome const outcome = book_.fold(offset, entry);
  std::lock_guard lock(mutex_);
  outcomes_.emplace_back(offset, outcome);
  if (outcomes_.size() > kOutcomesKept) outcomes_.pop_front();
  return outcome;
}

void BookKeeper::skip(base::JournalOffset offset) { book_.skip(offset); }

void BookKeeper::publish(bool caught_up, const JournalPlace& place) {
  auto copy = std::make_shared<const alerts::Book>(book_);
  {
    std::lock_guard lock(mutex_);
    published_ = std::move(copy);
    place_ = place;
    caught_up_ = caught_up_ || caught_up;
  }
  changed_.notify_all();
}

std::shared_ptr<const alerts::Book> BookKeeper::view() const {
  std::lock_guard lock(mutex_);
  return published_;
}

std::pair<std::shared_ptr<const alerts::Book>, JournalPlace> BookKeeper::view_and_place() const {
  std::lock_guard lock(mutex_);
  return {published_, place_};
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

void BookKeeper::wait_for_news(base::JournalOffset seen, absl::Duration wait) {
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
