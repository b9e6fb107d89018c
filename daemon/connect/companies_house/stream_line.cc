#include "connect/companies_house/stream_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "core/base/text.h"

namespace bellwether::connect::companies_house {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kCompanyPath = "/company/";
constexpr std::string_view kAppointmentsPath = "/appointments/";
constexpr std::string_view kAccountsPrefix = "accounts-with";
// An id of an appointment has 27 characters today.
constexpr size_t kAppointmentBytesMax = 64;
constexpr size_t kCaseBytesMax = 32;
constexpr size_t kDescriptionBytesMax = 256;

// The value of a member; nullptr if it is absent.
const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  auto const found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

// The text of a member; empty if it is absent or no text.
std::string_view text_of(const Json& object, const char* name) {
  const Json* const found = member(object, name);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

const Json& object_in(const Json& object, const char* name) {
  static const Json* const kNone = new Json(Json::object());
  const Json* const found = member(object, name);
  return found != nullptr && found->is_object() ? *found : *kNone;
}

bool is_plain(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// "/company/01234567/charges/x" → "01234567".
std::string_view number_in(std::string_view uri) {
  if (!uri.starts_with(kCompanyPath)) return {};
  uri.remove_prefix(kCompanyPath.size());
  return uri.substr(0, uri.find('/'));
}

int64_t offset_ms(int64_t utc, const base::TimeZone& zone) {
  int32_t offset_s = zone.offset_s;
  for (const base::OffsetChange& change : zone.changes) {
    if (change.at.value > utc) break;
    offset_s = change.offset_s;
  }
  return int64_t{1000} * offset_s;
}

// The instant at which the clock shows `local`; the second one if it shows that twice.
base::UnixMillis on_clock(int64_t local, const base::TimeZone& zone) {
  return base::UnixMillis(local - offset_ms(local - offset_ms(local, zone), zone));
}

}  // namespace

std::optional<base::UnixMillis> read_published(std::string_view text, const base::TimeZone& zone) {
  // "2026-11-17T10:23:04" is the shortest form; a zone follows the time only.
  constexpr size_t kTimeBytes = 19;
  constexpr size_t kBytesMax = 40;
  if (text.size() < kTimeBytes || text.size() > kBytesMax || text[4] != '-') return std::nullopt;
  bool const zoned = text.find_first_of("Z+-", kTimeBytes) != std::string_view::npos;
  std::string const whole = base::cat(text, zoned ? "" : "Z");
  absl::Time at;
  if (!absl::ParseTime(absl::RFC3339_full, whole, &at, nullptr)) return std::nullopt;
  base::UnixMillis out(absl::ToUnixMillis(at));
  if (!zoned) out = on_clock(out.value, zone);
  if (out.value < 0 || out >= base::kInstantEnd) return std::nullopt;
  return out;
}

class StreamReader::Impl {
 public:
  explicit Impl(base::TimeZone zone) : zone_(std::move(zone)) {}

  const StreamLine& read(std::string_view line) {
    line_ = StreamLine();
    bad_.clear();
    future_ = false;
    if (line.size() > kLineBytesMax) {
      return refuse(kNoJson, base::cat("is longer than ", kLineBytesMax, " bytes"));
    }
    json_ = Json::parse(line, nullptr, false);
    if (!json_.is_object()) return refuse(kNoJson, "is no JSON object in UTF-8");
    line_.stream = stream_of_kind(text_of(json_, "resource_kind"));
    if (!read_event()) {
      return refuse(
          kNoEvent,
          base::excerpt(
              object_in(json_, "event").dump(-1, ' ', false, Json::error_handler_t::replace)));
    }
    if (!line_.stream) return leave_out(kOtherKind);
    std::string_view const uri = text_of(json_, "resource_uri");
    line_.number = Number::parse(number_in(uri));
    if (!line_.number) return refuse(kNoNumber, base::cat("\"", base::excerpt(uri), "\""));
    const Json& data = object_in(json_, "data");
    bool const deleted = text_of(object_in(json_, "event"), "type") == "deleted";
    if (deleted && line_.stream != Stream::kOfficers) return leave_out(kDeletion);
    switch (*line_.stream) {
      case Stream::kCompanies:
        return profile(data);
      case Stream::kFilings:
        return filing(data);
      case Stream::kOfficers:
        return officer(data, uri, deleted);
      case Stream::kInsolvency:
        return insolvency(data);
      case Stream::kCharges:
        return charge(data);
    }
    return line_;
  }

 private:
  const StreamLine& refuse(std::string_view reason, std::string_view what) {
    std::string const number = line_.number ? base::cat(line_.number->text(), " ") : "";
    line_.content = LineProblem{reason, base::cat(number, what)};
    return line_;
  }
  const StreamLine& leave_out(std::string_view why) {
    line_.content = Unused{why};
    return line_;
  }

  bool read_event() {
    const Json& event = object_in(json_, "event");
    const Json* const timepoint = member(event, "timepoint");
    auto const published = read_published(text_of(event, "published_at"), zone_);
    if (timepoint == nullptr || !timepoint->is_number_unsigned() || !published) return false;
    auto const value = timepoint->get<uint64_t>();
    if (value == 0 || value > static_cast<uint64_t>(INT64_MAX)) return false;
    line_.timepoint = static_cast<int64_t>(value);
    line_.published = *published;
    return true;
  }

  base::Days published_day() const { return base::days_of(line_.published); }

  // The day of a member; nullopt if it states none. An impossible one is remembered in bad_.
  std::optional<base::Days> day(const Json& object, const char* name) {
    std::string_view text = text_of(object, name);
    // Some dates are written as instants of their midnight.
    if (text.size() > 10 && text[10] == 'T') text = text.substr(0, 10);
    bool valid = true;
    auto const out = read_day(text, valid);
    if (!valid && bad_.empty()) bad_ = base::cat(name, " \"", base::excerpt(text), "\"");
    return out;
  }
  // As day(), for what has happened: a day after the publication is remembered in bad_.
  std::optional<base::Days> past_day(const Json& object, const char* name) {
    auto const out = day(object, name);
    if (!out || *out <= published_day()) return out;
    if (bad_.empty()) {
      bad_ = base::cat(name, " ", base::format_date(*out));
      future_ = true;
    }
    return std::nullopt;
  }
  // True if a day is impossible: then the line is refused.
  bool is_bad() {
    if (bad_.empty()) return false;
    refuse(future_ ? kFutureDate : kBadDate, bad_);
    return true;
  }

  const StreamLine& profile(const Json& data) {
    std::string_view const type = text_of(data, "type");
    const CategoryWord* const category = find_api_type(type);
    if (category != nullptr && category->kept == Kept::kOverseasEntity) {
      return refuse(kOverseasEntity, "");
    }
    Row row{*line_.number};
    row.form = category == nullptr ? events::v1::LEGAL_FORM_OTHER : category->form;
    row.category_known = category != nullptr;
    if (text_of(data, "subtype") == "community-interest-company") {
      row.form = events::v1::LEGAL_FORM_COMMUNITY_INTEREST_COMPANY;
    }
    std::string_view const status = text_of(data, "company_status");
    auto const found = find_api_status(status, text_of(data, "company_status_detail"));
    if (!found) return refuse(kUnknownStatus, base::cat("\"", base::excerpt(status), "\""));
    row.status = *found;
    auto const born = past_day(data, "date_of_creation");
    if (is_bad()) return line_;
    if (!born) return refuse(kNoIncorporation, "");
    row.born = *born;
    // A restored company keeps the day of its last cessation.
    if (has_ceased(row.status.status)) row.dissolved = day(data, "date_of_cessation");
    if (row.dissolved && *row.dissolved > published_day()) row.dissolved = published_day();
    read_due(data, row);
    read_place(data, row);
    line_.content = row;
    return line_;
  }

  // A due date that is no date is left out, as in the file.
  void read_due(const Json& data, Row& row) {
    const Json& accounts = object_in(data, "accounts");
    auto const stated = [&](const Json& object, const char* name) {
      auto const out = day(object, name);
      if (!bad_.empty()) ++row.odd_dates;
      bad_.clear();
      return out;
    };
    row.accounts_due = stated(object_in(accounts, "next_accounts"), "due_on");
    if (!row.accounts_due) row.accounts_due = stated(accounts, "next_due");
    row.accounts_made_up = stated(object_in(accounts, "last_accounts"), "made_up_to");
    const Json& statement = object_in(data, "confirmation_statement");
    row.confirmation_due = stated(statement, "next_due");
    row.confirmation_made_up = stated(statement, "last_made_up_to");
  }

  void read_place(const Json& data, Row& row) {
    std::string_view postcode =
        text_of(object_in(data, "registered_office_address"), "postal_code");
    while (postcode.starts_with(' ')) postcode.remove_prefix(1);
    while (postcode.ends_with(' ')) postcode.remove_suffix(1);
    bool const plain = std::ranges::all_of(postcode, [](char c) { return c >= ' ' && c <= '~'; });
    if (postcode.size() <= kPostcodeBytesMax && plain) row.postcode = postcode;
    const Json* const codes = member(data, "sic_codes");
    if (codes == nullptr || !codes->is_array()) return;
    for (const Json& code : *codes) {
      if (!code.is_string() || row.activity_count == kActivitiesMax) continue;
      add_code(code.get_ref<const std::string&>(), row);
    }
  }

  const StreamLine& filing(const Json& data) {
    std::string_view const category = text_of(data, "category");
    std::string_view const description = text_of(data, "description");
    if (const NoticeWord* const word = find_notice(description)) {
      auto const on = past_day(data, "date");
      if (is_bad()) return line_;
      if (!on) return refuse(kNoContent, "date");
      line_.content = Notice{word, *on};
      return line_;
    }
    // Amended accounts, and a change of the period, are no accounts of a new period.
    bool const accounts = category == "accounts" && description.starts_with(kAccountsPrefix);
    bool const statement = category == "confirmation-statement" || category == "annual-return";
    if (!accounts && !statement) return leave_out(kOtherFiling);
    Document document{accounts ? Fact::kAccounts : Fact::kConfirmation};
    auto const filed = past_day(data, "date");
    auto const period = past_day(object_in(data, "description_values"), "made_up_date");
    if (is_bad()) return line_;
    if (!filed || !period) return refuse(kNoContent, !filed ? "date" : "made_up_date");
    if (*period > *filed) return refuse(kFutureDate, "made_up_date is after the day of filing");
    document.filed = *filed;
    document.period_end = *period;
    if (is_plain(description, kDescriptionBytesMax)) document.description = description;
    line_.content = document;
    return line_;
  }

  const StreamLine& officer(const Json& data, std::string_view uri, bool deleted) {
    Appointment out;
    size_t const at = uri.find(kAppointmentsPath);
    if (at != std::string_view::npos) out.id = uri.substr(at + kAppointmentsPath.size());
    if (!is_plain(out.id, kAppointmentBytesMax)) {
      return refuse(kNoContent, base::cat("no appointment in \"", base::excerpt(uri), "\""));
    }
    out.deleted = deleted;
    out.role = find_role(text_of(data, "officer_role"));
    if (!deleted) {
      out.appointed = past_day(data, "appointed_on");
      out.resigned = past_day(data, "resigned_on");
      if (is_bad()) return line_;
    }
    line_.content = out;
    return line_;
  }

  const StreamLine& insolvency(const Json& data) {
    std::vector<Case> cases;
    const Json* const stated = member(data, "cases");
    if (stated == nullptr || !stated->is_array() || stated->size() > kCasesMax) {
      return refuse(kNoContent, "cases");
    }
    for (const Json& each : *stated) {
      Case& out = cases.emplace_back();
      out.number = text_of(each, "number");
      bool const twice = std::ranges::count(cases, out.number, &Case::number) > 1;
      if (!is_plain(out.number, kCaseBytesMax) || twice) {
        return refuse(kNoContent, "number of a case");
      }
      out.type = find_insolvency_type(text_of(each, "type"));
      out.opened = opened(each);
      if (is_bad()) return line_;
    }
    line_.content = std::move(cases);
    return line_;
  }

  // The best date of opening; the earliest of equally good ones.
  std::optional<base::Days> opened(const Json& one) {
    std::optional<base::Days> best;
    int best_rank = 0;
    const Json* const dates = member(one, "dates");
    if (dates == nullptr || !dates->is_array()) return best;
    for (const Json& each : *dates) {
      int const rank = opening_rank(text_of(each, "type"));
      if (rank == 0 || rank < best_rank) continue;
      auto const on = past_day(each, "date");
      if (!on || (rank == best_rank && *on >= *best)) continue;
      best = on;
      best_rank = rank;
    }
    return best;
  }

  const StreamLine& charge(const Json& data) {
    Charge out;
    const Json* const number = member(data, "charge_number");
    if (number == nullptr || !number->is_number_unsigned() ||
        number->get<uint64_t>() > UINT16_MAX || number->get<uint64_t>() == 0) {
      return refuse(kNoContent, "charge_number");
    }
    out.number = number->get<int>();
    out.created = past_day(data, "created_on");
    std::string_view const status = text_of(data, "status");
    if (status == "satisfied" || status == "fully-satisfied") {
      out.satisfied = past_day(data, "satisfied_on");
    }
    if (is_bad()) return line_;
    line_.content = out;
    return line_;
  }

  base::TimeZone const zone_;
  Json json_;
  StreamLine line_;
  std::string bad_;      // the first date that cannot be
  bool future_ = false;  // it is one, but after the publication
};

StreamReader::StreamReader(base::TimeZone zone) : impl_(std::make_unique<Impl>(std::move(zone))) {}
StreamReader::~StreamReader() = default;

const StreamLine& StreamReader::read(std::string_view line) {
  return impl_->read(line);
}

}  // namespace bellwether::connect::companies_house
