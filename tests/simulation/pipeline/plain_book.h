// The expected alert book, written as plainly as possible. Shares only the journal's entries with
// alerts::Book: applies every record in order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/alerts/book.h"

namespace bellwether::simulation {

struct PlainTransition {
  int64_t offset = 0;
  uint32_t index = 0;
  std::string alert;
  alerts::TransitionKind kind{};
  int64_t at = 0;
  bool historical = false;
  friend bool operator==(const PlainTransition&, const PlainTransition&) = default;
};

struct PlainAlert {
  alerts::AlertUpdate state;
  int64_t raised_at = 0;
  std::optional<int32_t> cleared;
  std::string acknowledged_by;
};

class PlainBook {
 public:
  explicit PlainBook(base::Calendar calendar) : calendar_(calendar) {}

  alerts::FoldOutcome tell(int64_t offset, const alerts::JournalEntry& entry);

  std::optional<int32_t> last_tick() const { return last_tick_; }
  const std::map<std::string, PlainAlert>& alerts() const { return alerts_; }
  const std::vector<PlainTransition>& transitions() const { return transitions_; }
  // The first difference from `book`; empty if they are equal.
  std::string difference(const alerts::Book& book) const;

 private:
  alerts::FoldOutcome on_tick(const alerts::TickEvaluated& tick);
  alerts::FoldOutcome on_act(const alerts::JournalEntry& act);
  void add(const std::string& alert, alerts::TransitionKind kind, int64_t at, bool historical);

  base::Calendar calendar_;
  int64_t offset_ = -1;
  uint32_t index_ = 0;
  int64_t rules_since_ = -1;
  std::optional<int32_t> last_tick_;
  std::string rules_;
  size_t regime_breaks_ = 0;
  std::vector<std::string> silent_;
  std::map<std::string, PlainAlert> alerts_;
  std::map<int64_t, bool> silences_;  // true: ended by hand
  std::vector<PlainTransition> transitions_;
};

}  // namespace bellwether::simulation
