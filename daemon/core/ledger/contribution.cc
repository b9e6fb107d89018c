#include "core/ledger/contribution.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include "core/ledger/pairs.h"
#include "core/reference/reference.h"

namespace bellwether::ledger {
namespace {

using indicators::Delta;
using indicators::DeltaKey;
using indicators::info;
using indicators::Measure;
using indicators::measure_at;

// The registration that is used; null if there is none. Sets `kinds` to those of all facts.
const Fact* registration(std::span<const Fact> facts, Kinds& kinds) {
  const Fact* best = nullptr;
  kinds = 0;
  for (const Fact& f : facts) {
    kinds |= bit_of(f.kind);
    if (f.kind != EventKind::kRegistered) continue;
    auto const rank = [](const Fact& x) { return std::pair(x.version(), uint64_t{x.id}); };
    if (best == nullptr || rank(f) > rank(*best)) best = &f;
  }
  return best;
}

// `cell` with the attributes that `f` states.
Cell amended(Cell cell, const Fact& f) {
  if (f.area != events::kNoArea.value) cell.area = base::AreaId(f.area);
  if (f.sector != Fact::kSectorUnstated) cell.sector = base::SectorId(f.sector);
  bool const states_size = f.kind != EventKind::kInteraction && f.size != Fact::kSizeUnstated;
  if (states_size) cell.size = base::SizeBand(static_cast<uint8_t>(f.size));
  return cell;
}

// The cell of a business that states neither area nor sector: counted only at the root and in
// "all".
constexpr Cell kNowhere{reference::kRootArea, reference::kUnclassified, base::SizeBand(0)};

uint8_t number(domain::LegalForm form) {
  return static_cast<uint8_t>(form);
}

bool has_ten_or_more(const Cell& cell) {
  return cell.size >= kTenOrMoreBand;
}

// Whole years from `from` to `to` by the civil calendar.
int whole_years(Days from, Days to) {
  base::CivilDate const a = base::civil_date(from);
  base::CivilDate const b = base::civil_date(to);
  bool const before_anniversary = std::pair(b.month, b.day) < std::pair(a.month, a.day);
  return b.year - a.year - (before_anniversary ? 1 : 0);
}

// The state of a business while its facts are applied in order.
class Life {
 public:
  // `track` is filled; null: it is not needed.
  Life(base::Calendar calendar, const reference::Reference& reference, Contributions& out,
       Track* track)
      : calendar_(calendar), reference_(reference), out_(out), track_(track) {
    stay(Days(INT32_MIN));
  }

  void begin(const Fact& registered) {
    birth_ = registered.date();
    birth_cell_ = cell_ = amended(kNowhere, registered);
    form_ = registered.legal_form();
    if (track_ != nullptr) track_->front().cell = cell_;
  }
  void born() {
    alive_ = true;
    add(cell_, Measure::kBirths, birth_, 1, number(form_));
    if (has_ten_or_more(cell_)) add(cell_, Measure::kTenOrMore, birth_, 1);
    stay(birth_);
  }
  // Whether later facts emit deltas or only advance the state.
  void emit(bool on) { emits_ = on; }
  // Ends what has expired by `day`.
  void pass_to(Days day) {
    if (supported_ && supported_until_ <= day) end_support(supported_until_);
    if (grown_ && grown_until_ <= day) end_growth(grown_until_);
  }
  void finish() {
    if (supported_) end_support(supported_until_);
    if (grown_) end_growth(grown_until_);
  }

  void move(const Fact& f) {
    Cell const next = amended(cell_, f);
    domain::LegalForm const next_form =
        f.legal_form() == domain::LegalForm::kUnstated ? form_ : f.legal_form();
    if (next == cell_ && next_form == form_) return;
    if (alive_) change_class(next.size, next_form, f.date());
    if (supported_) {
      add(cell_, Measure::kSupported, f.date(), -1, number(form_));
      add(next, Measure::kSupported, f.date(), 1, number(next_form));
    }
    form_ = next_form;
    if (next == cell_) return;
    if (alive_) {
      pass(next, cell_, Measure::kMovesIn, Measure::kReclassifiedIn, next.size, f.date());
      pass(cell_, next, Measure::kMovesOut, Measure::kReclassifiedOut, next.size, f.date());
      if (is_resized(next)) add(next, Measure::kSizeChanges, f.date(), 1);
      if (has_ten_or_more(cell_)) add(cell_, Measure::kTenOrMore, f.date(), -1);
      if (has_ten_or_more(next)) add(next, Measure::kTenOrMore, f.date(), 1);
      stand(cell_, f.date(), -1);
      stand(next, f.date(), 1);
    }
    grow(next, f.date());
    cell_ = next;
    stay(f.date());
  }

  void change_status(const Fact& f) {
    auto const status = static_cast<events::Status>(f.code);
    bool const stays = alive_ && status != events::Status::kCeased;
    bool const stands_otherwise = f.standing() != standing_;
    if (alive_ && (!stays || stands_otherwise)) stand(cell_, f.date(), -1);
    standing_ = f.standing();
    if (stays && stands_otherwise) stand(cell_, f.date(), 1);
    if (status == events::Status::kCeased && alive_) {
      add(cell_, Measure::kDeaths, f.date(), 1, number(form_));
      count_age(f.date(), 1);
      died_ = f.date();
      alive_ = false;
      if (supported_) end_support(f.date());
      if (grown_) end_growth(f.date());
      if (has_ten_or_more(cell_)) add(cell_, Measure::kTenOrMore, f.date(), -1);
      stay(f.date());
    } else if (status == events::Status::kLive && !alive_) {
      add(cell_, Measure::kRestorations, f.date(), 1, number(form_));
      count_age(died_, -1);
      alive_ = true;
      stand(cell_, f.date(), 1);
      if (supported_until_ > f.date()) begin_support(f.date());
      if (grown_until_ > f.date()) begin_growth(f.date());
      if (has_ten_or_more(cell_)) add(cell_, Measure::kTenOrMore, f.date(), 1);
      stay(f.date());
    }
  }

  // An interaction of an enquirer on no register.
  void enquire(const Fact& f) {
    Cell const stated = amended(kNowhere, f);
    interact(f, stated);
    if (f.type() == domain::InteractionType::kRefused) return;
    cell_ = stated;
    stay(f.date());
  }
  void interact(const Fact& f, Cell cell) {
    if (f.type() == domain::InteractionType::kRefused)
      return add(cell, Measure::kInteractionsRefused, f.date(), 1);
    add(cell, Measure::kInteractions, f.date(), 1, f.channel());
    for (unsigned rest = f.code; rest != 0; rest &= rest - 1) {
      add(cell, measure_at(Measure::kInteractionsDistress, std::countr_zero(rest)), f.date(), 1);
    }
    if (domain::is_enquiry(f.type())) {
      add(cell, Measure::kEnquiries, f.date(), 1, f.team());
      bool const about_distress = (f.code >> static_cast<int>(events::TopicFamily::kDistress)) & 1;
      if (about_distress) add(cell, Measure::kEnquiriesDistress, f.date(), 1, f.team());
    }
    if (f.minutes() > 0) {
      add(cell, Measure::kInteractionMinutes, f.date(), f.minutes(), f.intensity());
      add(cell, Measure::kInteractionsTimed, f.date(), 1, f.intensity());
    }
    if (f.response() > 0)
      add(cell, measure_at(Measure::kResponse1, f.response() - 1u), f.date(), 1, f.team());
  }
  void support(const Fact& f) {
    interact(f, cell_);
    if (!alive_ || f.type() == domain::InteractionType::kRefused) return;
    if (!supported_) begin_support(f.date());
    supported_until_ = Days(f.date().value + kSupportedDays);
  }

  void outcome(const Fact& f) {
    auto const kind = static_cast<domain::OutcomeKind>(f.outcome_kind());
    if (auto const measure = domain::measure_of(f.kind, f.outcome_kind())) count(*measure, f);
    int32_t const jobs = f.jobs();
    if (jobs < 0) add(cell_, Measure::kJobsLost, f.date(), -jobs);
    if (jobs > 0 && kind == domain::OutcomeKind::kJobsCreated)
      add(cell_, Measure::kJobsCreated, f.date(), jobs);
    if (jobs > 0 && kind == domain::OutcomeKind::kJobsSafeguarded)
      add(cell_, Measure::kJobsSafeguarded, f.date(), jobs);
    if (f.amount_minor() > 0) add(cell_, Measure::kFinanceMinor, f.date(), f.amount_minor());
  }
  void redundancies(const Fact& f) {
    count(Measure::kRedundancyNotices, f);
    add(cell_, Measure::kJobsAtRisk, f.date(), f.jobs());
  }
  void insolvency(const Fact& f) {
    count(*domain::measure_of(f.kind, f.code), f);
    using domain::Insolvency;
    constexpr auto kFirst = static_cast<uint8_t>(Insolvency::kCompulsoryLiquidation);
    constexpr auto kLast = static_cast<uint8_t>(Insolvency::kReceivership);
    if (kFirst <= f.code && f.code <= kLast)
      count(measure_at(Measure::kInsolvenciesCompulsory, static_cast<size_t>(f.code - kFirst)), f);
  }
  void count(Measure measure, const Fact& f) {
    bool const by_form = info(measure).division == domain::Division::kLegalForm;
    add(cell_, measure, f.date(), 1, by_form ? number(form_) : uint8_t{0});
  }

 private:
  // `of_class`: of the measure's division.
  void add(Cell cell, Measure measure, Days day, int64_t amount, uint8_t of_class = 0) {
    if (!emits_) return;
    out_.push_back({DeltaKey(cell, measure, calendar_.period_of(day), of_class), amount});
  }
  // A living business changes its class where it is, before it moves. So a move is one of the new
  // class in the nodes that it leaves, too.
  void change_class(base::SizeBand size, domain::LegalForm form, Days day) {
    if (size == cell_.size && form == form_) return;
    add(cell_, Measure::kClassChanges, day, -1, number(form_));
    add({cell_.area, cell_.sector, size}, Measure::kClassChanges, day, 1, number(form));
  }
  // Counts the beginning (1) or the end (−1) of what the status says of a living business.
  void stand(const Cell& cell, Days day, int64_t amount) {
    if (standing_ == domain::Standing::kStrikeOffProposed)
      add(cell, Measure::kStrikeOffProposed, day, amount);
    if (standing_ == domain::Standing::kInProcedure) add(cell, Measure::kInProcedure, day, amount);
  }
  // Counts the nodes that hold `cell` but not `other`: as `by_area` if they do not have the area of
  // `other`, otherwise as `by_sector`.
  void pass(const Cell& cell, const Cell& other, Measure by_area, Measure by_sector,
            base::SizeBand size, Days day) {
    if (!emits_) return;
    auto const others = reference_.areas.ancestors(other.area);
    for (const reference::AreaAncestor& area : reference_.areas.ancestors(cell.area)) {
      bool const holds_other =
          std::ranges::find(others, area.area, &reference::AreaAncestor::area) != others.end();
      for (base::SectorId sector : reference_.sectors.ancestors(cell.sector)) {
        if (holds_other && contains(sector, other.sector)) break;  // so do the sectors above it
        add({area.area, sector, size}, holds_other ? by_sector : by_area, day, 1, number(form_));
      }
    }
  }
  bool contains(base::SectorId sector, base::SectorId leaf) const {
    auto const above = reference_.sectors.ancestors(leaf);
    return std::ranges::find(above, sector) != above.end();
  }
  void begin_support(Days day) {
    add(cell_, Measure::kSupported, day, 1, number(form_));
    supported_ = true;
  }
  void end_support(Days day) {
    add(cell_, Measure::kSupported, day, -1, number(form_));
    supported_ = false;
  }
  // From one known size band to another.
  bool is_resized(const Cell& next) const {
    return next.size != cell_.size && next.size != kNowhere.size && cell_.size != kNowhere.size;
  }
  // Before the change of cell to `next`.
  void grow(const Cell& next, Days day) {
    if (grown_) end_growth(day);
    if (is_resized(next)) {
      // What is stated of a business that has ceased is no growth, but does not end one either.
      bool const up = next.size > cell_.size;
      if (up && alive_) grown_until_ = Days(day.value + kGrownDays);
      if (!up) grown_until_ = Days(INT32_MIN);
    }
    if (!alive_ || grown_until_ <= day || !has_ten_or_more(next)) return;
    grown_ = true;
    add(next, Measure::kTenOrMoreGrown, day, 1);
  }
  void begin_growth(Days day) {
    if (!has_ten_or_more(cell_)) return;
    add(cell_, Measure::kTenOrMoreGrown, day, 1);
    grown_ = true;
  }
  void end_growth(Days day) {
    add(cell_, Measure::kTenOrMoreGrown, day, -1);
    grown_ = false;
  }
  void stay(Days from) {
    if (track_ != nullptr) track_->push_back({from, cell_, alive_});
  }
  void count_age(Days death, int32_t amount) {
    if (!emits_) return;
    int const years = whole_years(birth_, death);
    if (years >= indicators::kSurvivalYearsMax) return;
    add(birth_cell_, measure_at(Measure::kDeathsAge0, static_cast<size_t>(years)), birth_, amount);
  }

  base::Calendar calendar_;
  const reference::Reference& reference_;
  Contributions& out_;
  Track* track_;
  bool emits_ = true;
  Days birth_;
  Days died_;
  Cell birth_cell_{};
  Cell cell_ = kNowhere;
  domain::LegalForm form_{};
  domain::Standing standing_{};
  bool alive_ = false;
  bool supported_ = false;
  Days supported_until_{INT32_MIN};  // by the support so far, alive or not
  bool grown_ = false;
  Days grown_until_{INT32_MIN};  // by the growth so far, alive or not
};

// The facts of an enquirer on no register.
void enquire(std::span<const Fact> facts, size_t passed, Life& life) {
  for (const Fact& f : facts) {
    life.emit(&f >= facts.data() + passed);
    switch (f.kind) {
      case EventKind::kInteraction:
        life.enquire(f);
        break;
      case EventKind::kOutcome:
        life.outcome(f);
        break;
      case EventKind::kRedundancyNotice:
        life.redundancies(f);
        break;
      default:
        break;
    }
  }
}

// The facts of a business from its registration on.
void live(std::span<const Fact> facts, size_t passed, const Fact& registered, Life& life) {
  life.begin(registered);
  for (const Fact& f : facts) {
    life.emit(&f >= facts.data() + passed);
    life.pass_to(f.date());
    if (&f == &registered) {
      life.born();
      continue;
    }
    bool const after_birth = f.order() > registered.order();
    switch (f.kind) {
      case EventKind::kInteraction:
        life.support(f);
        break;
      case EventKind::kOutcome:
        life.outcome(f);
        break;
      case EventKind::kRedundancyNotice:
        life.redundancies(f);
        break;
      case EventKind::kChanged:
        if (after_birth) life.move(f);
        break;
      case EventKind::kStatusChanged:
        if (after_birth) life.change_status(f);
        break;
      case EventKind::kInsolvencyCase:
        if (after_birth) life.insolvency(f);
        break;
      case EventKind::kRegistered:
        break;  // not the registration that is used
      default:
        if (auto const measure = domain::measure_of(f.kind, f.code); measure && after_birth) {
          life.count(*measure, f);
        }
    }
  }
  life.emit(true);
  life.finish();
}

}  // namespace

std::optional<indicators::ReportKey> reported(const Fact& fact, base::Calendar calendar) {
  if (!fact.publication_known()) return std::nullopt;
  std::optional<Measure> const measure = domain::reported_as(fact.kind, fact.code);
  if (!measure) return std::nullopt;
  PeriodIndex const period = calendar.period_of(fact.date());
  PeriodIndex const published = calendar.period_of(Days(fact.published() + kDayZero));
  int32_t const delay = std::max(0, published.value - period.value);
  if (delay > indicators::report_delay_max(calendar)) return std::nullopt;
  return indicators::ReportKey{*measure, static_cast<uint8_t>(delay), period};
}

bool is_waiting(std::span<const Fact> facts, bool unregistered) {
  Kinds kinds = 0;
  return !unregistered && !facts.empty() && registration(facts, kinds) == nullptr;
}

void contribute(std::span<const Fact> facts, bool unregistered, base::Calendar calendar,
                const reference::Reference& reference, Contributions& out, size_t passed) {
  Kinds kinds = 0;
  const Fact* const registered = registration(facts, kinds);
  if (registered == nullptr && !unregistered) return;
  bool const has_pairs = (kinds & kPairedKinds) != 0;
  Track track;
  Life life(calendar, reference, out, has_pairs ? &track : nullptr);
  if (unregistered) {
    enquire(facts, passed, life);
  } else {
    live(facts, passed, *registered, life);
  }
  if (has_pairs) contribute_pairs(facts, kinds, track, calendar, out);
}

}  // namespace bellwether::ledger
