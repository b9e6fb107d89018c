// The expected figures, computed as plainly as possible. Shares only the event type with the
// ledger. Keeps the last version of each fact, sorts the facts of a business by time, and walks
// through its life day by day. Moves and reclassifications are counted at every node of the small
// world (world.h), by asking the node whether it held the business before and after.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "core/base/calendar.h"
#include "core/events/event.h"
#include "core/indicators/deltas.h"
#include "core/reference/reference.h"
#include "support/world.h"

namespace bellwether::testing {

class Oracle {
 public:
  using Place = std::pair<uint16_t, uint16_t>;  // leaf area and sector
  using Counts = std::map<std::tuple<uint16_t, uint16_t, indicators::Measure, int32_t>, int64_t>;
  // Counts by class: area, sector, measure, period, division and number of the class.
  using Classes =
      std::map<std::tuple<uint16_t, uint16_t, indicators::Measure, int32_t, domain::Division, int>,
               int64_t>;

  explicit Oracle(base::Calendar calendar) : calendar_(calendar) {}

  void tell(const events::Event& e) {
    auto& facts = businesses_[e.business.value];
    auto const [at, fresh] = facts.try_emplace(e.fact.value, e);
    if (!fresh && version(at->second) < version(e)) at->second = e;
  }

  // Every measure by leaf area, leaf sector and period, without zeros; what enters and leaves a
  // place by area and sector at any level.
  Counts counts() const {
    Counts out;
    Classes by_class;
    count(out, by_class);
    return out;
  }
  // The same by class, for the measures that have classes.
  Classes classes() const {
    Counts all;
    Classes out;
    count(all, out);
    return out;
  }

  // Businesses alive at the end of `last`, by leaf. Computed from their state on that day, not from
  // sums of flows.
  std::map<Place, int64_t> alive_on(base::Days last) const {
    std::map<Place, int64_t> out;
    for (const auto& [key, facts] : businesses_) {
      std::optional<events::Event> birth = registration(facts);
      if (!birth || birth->effective > last) continue;
      std::vector<events::Event> later;
      for (const auto& [id, f] : facts) {
        if (f.effective <= last && order(f) > order(*birth)) later.push_back(f);
      }
      std::ranges::sort(later, {}, order);
      bool alive = true;
      Place place{area_of(*birth, 0), sector_of(*birth, reference::kUnclassified.value)};
      for (const events::Event& f : later) {
        if (f.kind == events::EventKind::kStatusChanged) {
          if (f.code == static_cast<uint8_t>(events::Status::kCeased)) alive = false;
          if (f.code == static_cast<uint8_t>(events::Status::kLive)) alive = true;
        }
        if (f.kind == events::EventKind::kChanged) {
          place = {area_of(f, place.first), sector_of(f, place.second)};
        }
      }
      if (alive) ++out[place];
    }
    return out;
  }

  // Whether an area, or a set, holds what is at the leaf area.
  static bool area_holds(uint16_t above, uint16_t leaf) {
    const reference::Areas& areas = world().areas;
    base::AreaId const id(above);
    if (areas.at(id).is_set) {
      return std::ranges::any_of(
          areas.children(id), [&](base::AreaId member) { return area_holds(member.value, leaf); });
    }
    for (base::AreaId at(leaf);; at = areas.at(at).parent) {
      if (at == id) return true;
      if (at == reference::kRootArea) return false;
    }
  }
  static bool sector_holds(uint16_t above, uint16_t leaf) {
    for (base::SectorId at(leaf);; at = world().sectors.at(at).parent) {
      if (at.value == above) return true;
      if (at == reference::kAllSectors) return false;
    }
  }

  // The greater of two versions of a fact wins.
  static std::tuple<uint64_t, int, int32_t, int64_t, int, int, int, int64_t, int, int, int, int>
  version(const events::Event& e) {
    bool const outcome = e.kind == events::EventKind::kOutcome;
    int64_t const own = value(e);
    if (own >= 0) {
      int64_t const code = outcome ? e.amount_minor / (int64_t{1} << 32) * 16 + e.code : e.code;
      return {e.sequence.value,
              place(e.kind),
              e.effective.value,
              own,
              0,
              0,
              0,
              code,
              0,
              0,
              outcome ? static_cast<uint16_t>(e.jobs) : 0,
              0};
    }
    auto const stated = [](int value, int unstated) { return value == unstated ? 1 << 20 : value; };
    bool const placed = e.kind != events::EventKind::kInteraction || e.unregistered;
    return {e.sequence.value,
            place(e.kind),
            e.effective.value,
            placed ? e.area.value : 0,
            placed ? stated(e.sector.value, events::kNoSector.value) : 0,
            stated(e.size.value, events::kNoSize.value),
            static_cast<int>(e.type),
            e.code,
            e.minutes,
            e.response_bucket,
            0,
            detail(e)};
  }

 private:
  void count(Counts& out, Classes& by_class) const {
    for (const auto& [key, facts] : businesses_) {
      std::vector<events::Event> in_order;
      for (const auto& [id, fact] : facts) in_order.push_back(fact);
      std::ranges::sort(in_order, {}, order);
      live(in_order, out, by_class);
    }
    std::erase_if(out, [](const auto& entry) { return entry.second == 0; });
    std::erase_if(by_class, [](const auto& entry) { return entry.second == 0; });
  }
  // The classes that an event states, as one number.
  static int detail(const events::Event& e) {
    if (e.kind == events::EventKind::kRegistered || e.kind == events::EventKind::kChanged)
      return static_cast<int>(e.legal_form);
    if (e.kind == events::EventKind::kStatusChanged) return static_cast<int>(e.standing);
    if (e.kind == events::EventKind::kInteraction)
      return static_cast<int>(e.channel) + 8 * static_cast<int>(e.intensity) + 32 * e.team;
    return 0;
  }
  // Order of facts of one day and of versions with one sequence: a retraction comes last.
  static int place(events::EventKind kind) {
    return kind == events::EventKind::kRetracted ? 1000 : static_cast<int>(kind);
  }
  // What a kind without a place states instead.
  static int64_t value(const events::Event& e) {
    auto const days = [](base::Days d) {
      return d == events::kNoDay ? int64_t{0} : int64_t{d.value} + 25567;  // since 1900
    };
    switch (e.kind) {
      case events::EventKind::kFilingRecorded:
      case events::EventKind::kFilingDue:
        return days(e.due) * 65536 + days(e.period_end);
      case events::EventKind::kReferral:
        return e.referral;
      case events::EventKind::kOutcome:
        return e.amount_minor % (int64_t{1} << 32);
      case events::EventKind::kRedundancyNotice:
        return e.jobs;
      default:
        return -1;
    }
  }
  using Facts = std::map<uint64_t, events::Event>;

  static std::tuple<base::Days, int, base::SourceSequence, base::FactId> order(
      const events::Event& e) {
    return {e.effective, place(e.kind), e.sequence, e.fact};
  }
  static uint16_t area_of(const events::Event& e, uint16_t otherwise) {
    return e.area == events::kNoArea ? otherwise : e.area.value;
  }
  static uint16_t sector_of(const events::Event& e, uint16_t otherwise) {
    return e.sector == events::kNoSector ? otherwise : e.sector.value;
  }
  static std::optional<events::Event> registration(const Facts& facts) {
    std::optional<events::Event> best;
    for (const auto& [id, f] : facts) {
      if (f.kind != events::EventKind::kRegistered) continue;
      if (!best || std::pair(version(f), f.fact) > std::pair(version(*best), best->fact)) best = f;
    }
    return best;
  }

  void live(const std::vector<events::Event>& facts, Counts& out, Classes& by_class) const {
    Facts by_id;
    for (const events::Event& f : facts) by_id.emplace(f.fact.value, f);
    Life life{calendar_, out, by_class};
    if (!facts.empty() && facts.front().unregistered) {
      life.enquirer(facts);
      return;
    }
    std::optional<events::Event> const birth = registration(by_id);
    if (birth) life.walk(*birth, facts);
  }

  // The life of one business, day by day.
  struct Life {
    using Measure = indicators::Measure;
    base::Calendar calendar;
    Counts& out;
    Classes& by_class;
    Place birthplace{};
    Place place{};
    uint8_t size = 0;
    int form = 0;
    int standing = 0;
    bool alive = false;
    bool supported = false;
    base::Days born{};
    base::Days died{};
    std::optional<base::Days> last_support;  // while alive
    std::optional<base::Days> last_growth;   // while alive; forgotten when it shrinks
    bool grown = false;
    std::map<base::Days, std::pair<Place, bool>> ends;  // place and being alive, at the end of days

    void add(Place p, Measure m, base::Days day, int64_t amount) {
      out[{p.first, p.second, m, calendar.period_of(day).value}] += amount;
    }
    void classify(Place p, Measure m, base::Days day, int64_t amount, domain::Division division,
                  int number) {
      by_class[{p.first, p.second, m, calendar.period_of(day).value, division, number}] += amount;
    }
    void add(Place p, Measure m, base::Days day, int64_t amount, domain::Division division,
             int number) {
      add(p, m, day, amount);
      classify(p, m, day, amount, division, number);
    }
    // By legal form and size band.
    void classify(Place p, Measure m, base::Days day, int64_t amount, int of_form, int of_size) {
      classify(p, m, day, amount, domain::Division::kLegalForm, of_form);
      classify(p, m, day, amount, domain::Division::kSizeBand, of_size);
    }
    // Of the business as it is.
    void add_self(Place p, Measure m, base::Days day, int64_t amount) {
      add(p, m, day, amount);
      classify(p, m, day, amount, form, size);
    }
    // Begins (1) or ends (−1) what the status says.
    void stand(Place p, bool lives, int what, base::Days day, int64_t amount) {
      if (lives && what == 1) add(p, Measure::kStrikeOffProposed, day, amount);
      if (lives && what == 2) add(p, Measure::kInProcedure, day, amount);
    }

    // The place and whether the business was alive at the end of a day.
    std::pair<Place, bool> on(base::Days day) const {
      std::pair<Place, bool> found = ends.begin()->second;
      for (const auto& [from, state] : ends) {
        if (from <= day) found = state;
      }
      return found;
    }

    void enquirer(const std::vector<events::Event>& facts) {
      place = {0, reference::kUnclassified.value};
      ends[base::Days(INT32_MIN)] = {place, false};
      for (const events::Event& f : facts) {
        if (f.kind == events::EventKind::kInteraction) {
          Place const stated{area_of(f, 0), sector_of(f, reference::kUnclassified.value)};
          interaction(stated, f);
          if (f.type != events::InteractionType::kRefused) place = stated;
          ends[f.effective] = {place, false};
        }
        result_of_support(f);
      }
      referrals(facts);
    }

    void interaction(Place p, const events::Event& f) {
      if (f.type == events::InteractionType::kRefused) {
        add(p, Measure::kInteractionsRefused, f.effective, 1);
        return;
      }
      add(p, Measure::kInteractions, f.effective, 1, domain::Division::kChannel,
          static_cast<int>(f.channel));
      for (size_t family = 0; family < events::kTopicFamilies; ++family) {
        if ((f.code >> family & 1) != 0) {
          add(p, indicators::measure_at(Measure::kInteractionsDistress, family), f.effective, 1);
        }
      }
      if (f.type == events::InteractionType::kUnstated ||
          f.type == events::InteractionType::kEnquiry) {
        add(p, Measure::kEnquiries, f.effective, 1, domain::Division::kTeam, f.team);
        add(p, Measure::kEnquiriesDistress, f.effective, f.code & 1, domain::Division::kTeam,
            f.team);
      }
      int const intensity = static_cast<int>(f.intensity);
      add(p, Measure::kInteractionMinutes, f.effective, f.minutes, domain::Division::kIntensity,
          intensity);
      add(p, Measure::kInteractionsTimed, f.effective, f.minutes > 0 ? 1 : 0,
          domain::Division::kIntensity, intensity);
      if (f.response_bucket > 0) {
        add(p, indicators::measure_at(Measure::kResponse1, f.response_bucket - 1u), f.effective, 1,
            domain::Division::kTeam, f.team);
      }
    }

    // Adds `amount` (1 or −1) to the deaths at the age in full years at death. −1 takes the death
    // back.
    void age(int64_t amount) {
      std::string const begin = base::format_date(born);
      std::string const end = base::format_date(died);
      int const anniversaries = std::stoi(end.substr(0, 4)) - std::stoi(begin.substr(0, 4)) -
                                (end.substr(5) < begin.substr(5) ? 1 : 0);
      if (anniversaries >= indicators::kSurvivalYearsMax) return;
      add(birthplace,
          indicators::measure_at(Measure::kDeathsAge0, static_cast<size_t>(anniversaries)), born,
          amount);
    }

    void run_out(base::Days day) {
      if (supported && last_support->value + 365 <= day.value) {
        add_self(place, Measure::kSupported, base::Days(last_support->value + 365), -1);
        supported = false;
      }
      if (grown && last_growth->value + 1095 <= day.value) {
        add(place, Measure::kTenOrMoreGrown, base::Days(last_growth->value + 1095), -1);
        grown = false;
      }
    }

    // Brings the two levels of the larger businesses up to date after a change on `day`, which was
    // at `before` with the size `size_before`.
    void larger(Place before, uint8_t size_before, bool alive_before, base::Days day) {
      if (alive_before && size_before >= 3) add(before, Measure::kTenOrMore, day, -1);
      if (alive && size >= 3) add(place, Measure::kTenOrMore, day, 1);
      if (grown) add(before, Measure::kTenOrMoreGrown, day, -1);
      grown = alive && size >= 3 && last_growth && day.value < last_growth->value + 1095;
      if (grown) add(place, Measure::kTenOrMoreGrown, day, 1);
    }

    void result_of_support(const events::Event& f) {
      if (f.kind == events::EventKind::kRedundancyNotice) {
        add(place, Measure::kRedundancyNotices, f.effective, 1);
        add(place, Measure::kJobsAtRisk, f.effective, f.jobs);
      }
      if (f.kind != events::EventKind::kOutcome) return;
      add(place, indicators::measure_at(Measure::kOutcomesStartedTrading, f.code - 1u), f.effective,
          1);
      if (f.code == 2) add(place, Measure::kJobsCreated, f.effective, std::max(0, f.jobs));
      if (f.code == 3) add(place, Measure::kJobsSafeguarded, f.effective, std::max(0, f.jobs));
      add(place, Measure::kJobsLost, f.effective, std::max(0, -f.jobs));
      add(place, Measure::kFinanceMinor, f.effective, f.amount_minor);
    }

    void referrals(const std::vector<events::Event>& facts) {
      std::map<uint64_t, std::vector<events::Event>> by_referral;
      for (const events::Event& f : facts) {
        if (f.kind != events::EventKind::kReferral) continue;
        by_referral[f.referral != 0 ? f.referral : f.fact.value].push_back(f);
      }
      for (const auto& [key, states] : by_referral) {
        std::map<int, base::Days> reached;  // by state; 0: any
        for (const events::Event& f : states) {
          for (int state : {0, int{f.code}}) {
            auto const [at, fresh] = reached.try_emplace(state, f.effective);
            at->second = std::min(at->second, f.effective);
          }
        }
        auto const count = [&](int state, Measure m, int at) {
          if (!reached.contains(state)) return;
          add(on(reached.at(at)).first, m, reached.at(at), 1);
        };
        count(0, Measure::kReferralsOpened, 0);
        count(3, Measure::kReferralsCompleted, 3);
        count(3, Measure::kReferralsCompletedByOpening, 0);
        count(4, Measure::kReferralsDeclined, 4);
      }
    }

    static bool satisfies(const events::Event& filing, const events::Event& due) {
      if (filing.period_end != events::kNoDay && due.period_end != events::kNoDay)
        return filing.period_end == due.period_end;
      if (filing.due != events::kNoDay) return filing.due >= due.due;
      return filing.effective > due.effective;
    }
    // Whether a document of the category is overdue on a day. `filings` and `dues` are in order.
    static bool is_overdue(base::Days day, const std::vector<events::Event>& filings,
                           const std::vector<events::Event>& dues) {
      auto const late = [&](base::Days due) { return due < day && day.value <= due.value + 548; };
      for (const events::Event& f : filings) {
        if (f.due != events::kNoDay && late(f.due) && day < f.effective) return true;
      }
      for (size_t i = 0; i < dues.size(); ++i) {
        bool const replaced = i + 1 < dues.size() && dues[i + 1].effective <= day;
        bool const filed = std::ranges::any_of(filings, [&](const events::Event& f) {
          return f.effective <= day && satisfies(f, dues[i]);
        });
        if (late(dues[i].due) && !replaced && !filed) return true;
      }
      return false;
    }
    void overdue(const std::vector<events::Event>& facts, int category, Measure measure) {
      std::vector<events::Event> filings;
      std::vector<events::Event> dues;
      std::set<base::Days> days;  // on which anything may change
      for (const auto& [day, state] : ends) days.insert(day);
      for (const events::Event& f : facts) {
        bool const due = f.kind == events::EventKind::kFilingDue;
        bool const filed = f.kind == events::EventKind::kFilingRecorded;
        if (f.code != category || !(due || filed)) continue;
        (due ? dues : filings).push_back(f);
        days.insert(f.effective);
        if (f.due == events::kNoDay) continue;
        days.insert(base::Days(f.due.value + 1));
        days.insert(base::Days(f.due.value + 549));
      }
      if (filings.empty() && dues.empty()) return;
      std::optional<Place> counted;
      for (base::Days const day : days) {
        auto const [where, lives] = on(day);
        std::optional<Place> now;
        if (lives && is_overdue(day, filings, dues)) now = where;
        if (now == counted) continue;
        if (counted) add(*counted, measure, day, -1);
        if (now) add(*now, measure, day, 1);
        counted = now;
      }
    }

    void walk(const events::Event& birth, const std::vector<events::Event>& facts) {
      birthplace = {area_of(birth, 0), sector_of(birth, reference::kUnclassified.value)};
      place = birthplace;
      size = birth.size == events::kNoSize ? 0 : birth.size.value;
      form = static_cast<int>(birth.legal_form);
      born = birth.effective;
      ends[base::Days(INT32_MIN)] = {place, false};
      for (const events::Event& f : facts) {
        run_out(f.effective);
        Place const before = place;
        uint8_t const size_before = size;
        bool const alive_before = alive;
        int const standing_before = standing;
        if (f.fact == birth.fact) {
          alive = true;
          add_self(place, Measure::kBirths, f.effective, 1);
        } else if (f.kind == events::EventKind::kInteraction) {
          supported_by(f);
        } else if (order(f) > order(birth)) {
          after_birth(f);
        }
        result_of_support(f);
        if (place != before || size != size_before || alive != alive_before)
          larger(before, size_before, alive_before, f.effective);
        stand(before, alive_before, standing_before, f.effective, -1);
        stand(place, alive, standing, f.effective, 1);
        ends[f.effective] = {place, alive};
      }
      run_out(base::Days(INT32_MAX));
      overdue(facts, 1, Measure::kAccountsOverdue);
      overdue(facts, 2, Measure::kConfirmationOverdue);
      referrals(facts);
    }

    void supported_by(const events::Event& f) {
      interaction(place, f);
      if (!alive || f.type == events::InteractionType::kRefused) return;
      last_support = f.effective;
      if (!supported) add_self(place, Measure::kSupported, f.effective, 1);
      supported = true;
    }

    void after_birth(const events::Event& f) {
      switch (f.kind) {
        case events::EventKind::kChanged:
          changed(f);
          break;
        case events::EventKind::kStatusChanged:
          status_changed(f);
          break;
        case events::EventKind::kInsolvencyCase:
          add_self(place, f.code == 2 ? Measure::kInsolvenciesSolvent : Measure::kInsolvencies,
                   f.effective, 1);
          if (f.code == 3) add(place, Measure::kInsolvenciesCompulsory, f.effective, 1);
          if (f.code == 4) add(place, Measure::kInsolvenciesCreditorsVoluntary, f.effective, 1);
          if (f.code == 5) add(place, Measure::kInsolvenciesAdministration, f.effective, 1);
          if (f.code == 6) add(place, Measure::kInsolvenciesArrangement, f.effective, 1);
          if (f.code == 7) add(place, Measure::kInsolvenciesReceivership, f.effective, 1);
          break;
        case events::EventKind::kStrikeOffNotice:
          if (f.code == 1) add_self(place, Measure::kStrikeOffCompulsory, f.effective, 1);
          if (f.code == 2) add_self(place, Measure::kStrikeOffVoluntary, f.effective, 1);
          if (f.code == 3) add(place, Measure::kStrikeOffDiscontinued, f.effective, 1);
          break;
        case events::EventKind::kChargeChanged:
          add(place, f.code == 1 ? Measure::kChargesCreated : Measure::kChargesSatisfied,
              f.effective, 1);
          break;
        case events::EventKind::kOfficerChanged:
          if (f.code == 1) add(place, Measure::kDirectorsAppointed, f.effective, 1);
          if (f.code == 2) add(place, Measure::kDirectorsResigned, f.effective, 1);
          break;
        default:
          break;
      }
    }

    void changed(const events::Event& f) {
      Place const to{area_of(f, place.first), sector_of(f, place.second)};
      uint8_t const to_size = f.size == events::kNoSize ? size : f.size.value;
      int const to_form =
          f.legal_form == events::LegalForm::kUnstated ? form : static_cast<int>(f.legal_form);
      if (to == place && to_size == size && to_form == form) return;
      if (alive) {
        classify(place, Measure::kClassChanges, f.effective, -1, form, size);
        classify(place, Measure::kClassChanges, f.effective, 1, to_form, to_size);
        pass(to, f.effective, to_form, to_size);
        if (size != 0 && to_size != 0 && size != to_size)
          add(to, Measure::kSizeChanges, f.effective, 1);
      }
      if (size != 0 && to_size != 0 && size != to_size) {
        if (to_size < size) last_growth.reset();
        if (alive && to_size > size) last_growth = f.effective;
      }
      if (supported) {
        add_self(place, Measure::kSupported, f.effective, -1);
        add(to, Measure::kSupported, f.effective, 1);
        classify(to, Measure::kSupported, f.effective, 1, to_form, to_size);
      }
      place = to;
      size = to_size;
      form = to_form;
    }

    // A living business passes from `place` to `to`, with its new form and size.
    void pass(Place to, base::Days day, int to_form, int to_size) {
      auto const count = [&](Place node, Measure m) {
        add(node, m, day, 1);
        classify(node, m, day, 1, to_form, to_size);
      };
      for (uint16_t a = 0; a < world().areas.size(); ++a) {
        bool const area_before = area_holds(a, place.first);
        bool const area_after = area_holds(a, to.first);
        for (uint16_t s = 0; s < world().sectors.size(); ++s) {
          bool const before = area_before && sector_holds(s, place.second);
          bool const after = area_after && sector_holds(s, to.second);
          if (after && !before)
            count({a, s}, area_before ? Measure::kReclassifiedIn : Measure::kMovesIn);
          if (before && !after)
            count({a, s}, area_after ? Measure::kReclassifiedOut : Measure::kMovesOut);
        }
      }
    }

    void status_changed(const events::Event& f) {
      standing = static_cast<int>(f.standing);
      if (f.code == static_cast<uint8_t>(events::Status::kCeased) && alive) {
        alive = false;
        died = f.effective;
        add_self(place, Measure::kDeaths, died, 1);
        age(1);
        if (supported) add_self(place, Measure::kSupported, died, -1);
        supported = false;
      } else if (f.code == static_cast<uint8_t>(events::Status::kLive) && !alive) {
        alive = true;
        add_self(place, Measure::kRestorations, f.effective, 1);
        age(-1);
        supported = last_support && f.effective.value < last_support->value + 365;
        if (supported) add_self(place, Measure::kSupported, f.effective, 1);
      }
    }
  };

  base::Calendar calendar_;
  std::map<uint64_t, Facts> businesses_;
};

}  // namespace bellwether::testing
