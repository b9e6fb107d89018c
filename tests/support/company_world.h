// A made-up register that changes for some months, as Companies House would show it: its monthly
// files, the lines of its streams, and, computed from the world alone, what must be known at the
// end. No company in it exists.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/calendar.h"
#include "core/base/text.h"
#include "core/base/time_zone.h"
#include "support/random.h"

namespace bellwether::testing {

class CompanyWorld {
 public:
  using Days = base::Days;
  static constexpr int32_t kFirstDay = 20'000;  // 2024-10-04: the first day of the streams
  static constexpr int32_t kDays = 150;

  // The clock of London in these months.
  static constexpr base::UnixMillis kWinter{1'729'990'800'000};  // 2024-10-27T01:00:00Z
  static base::TimeZone clock() { return {"Europe/London", 3'600, {{kWinter, 0}}}; }

  struct Line {
    std::string stream;
    int64_t timepoint = 0;
    base::UnixMillis published;
    std::string text;
  };
  // One value from its day on.
  using Timeline = std::map<int32_t, std::string>;
  struct Truth {
    int32_t born = 0;
    Timeline postcode, activities, form;
    Timeline status;                             // "ceased", or status and detail
    std::map<std::string, std::string> filings;  // "accounts:2024-03-31" → day, due date
    std::map<std::string, std::string> single;   // other facts by id → day and content
    std::string accounts_due, confirmation_due;  // empty: none
  };

  CompanyWorld(uint64_t seed, int companies) : random_(seed) {
    for (int i = 0; i < companies; ++i) found(i, true);
    first_file_ = file(Days(kFirstDay - 1));
    for (const Company& each : companies_) remember_opening(each);
    for (int32_t day = kFirstDay; day < kFirstDay + kDays; ++day) {
      now_ = base::UnixMillis(base::start_of(Days(day)).value + 1000);
      if (random_.below(6) == 0) found(static_cast<int>(companies_.size()), false);
      int const changes = static_cast<int>(random_.below(2 + companies_.size() / 4));
      for (int i = 0; i < changes; ++i) {
        change(companies_[random_.below(companies_.size())]);
      }
      if ((day - kFirstDay) % 30 == 29) files_.push_back(file(Days(day)));
    }
  }

  struct File {
    Days day;  // it shows the end of this day
    std::string csv;
    std::string name() const {
      return base::cat("BasicCompanyDataAsOneFile-", base::format_date(Days(day.value + 1)),
                       ".csv");
    }
  };
  // The files in their order.
  std::vector<File> files() const {
    std::vector<File> out{first_file_};
    out.insert(out.end(), files_.begin(), files_.end());
    return out;
  }
  const std::vector<Line>& lines() const { return lines_; }
  const std::map<std::string, Truth>& truth() const { return truth_; }

 private:
  using Json = nlohmann::json;
  struct Company {
    std::string number;
    Days born;
    std::string type = "ltd";
    std::string status = "active", detail;
    std::optional<Days> ceased;  // stays when the company is restored
    std::string postcode;
    std::vector<std::string> codes;
    std::optional<Days> accounts_made_up, accounts_due, statement_made_up, statement_due;
    int32_t accounts_filed = 0;
    int32_t statement_filed = 0;
    int charges = 0;
    int satisfied = 0;
    int cases = 0;
    int officers = 0;
    bool alive() const { return status != "dissolved"; }
  };

  static std::string text(Days day) { return base::format_date(day); }
  static std::string text(const std::optional<Days>& day) { return day ? text(*day) : ""; }
  static std::string slashed(const std::optional<Days>& day) {
    if (!day) return "";
    base::CivilDate const d = base::civil_date(*day);
    return base::cat(d.day, "/", d.month, "/", d.year);
  }
  Days today() const { return base::days_of(now_); }
  void tick() { now_.value += 1 + static_cast<int64_t>(random_.below(60'000)); }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[random_.below(of.size())];
  }

  void found(int index, bool opening) {
    Company company;
    company.number = base::cat(index % 7 == 3 ? "SC" : "00", 100'000 + index);
    company.born =
        opening ? Days(kFirstDay - 2 - static_cast<int32_t>(random_.below(4000))) : today();
    company.postcode = new_postcode();
    company.codes = {new_code()};
    company.accounts_due = Days(kFirstDay + static_cast<int32_t>(random_.below(300)));
    company.statement_due = Days(kFirstDay + static_cast<int32_t>(random_.below(300)));
    company.accounts_filed = company.statement_filed = company.born.value;
    if (opening) {
      company.accounts_made_up = Days(kFirstDay - 400);
      company.statement_made_up = Days(kFirstDay - 380);
      company.charges = static_cast<int>(random_.below(4));
      company.satisfied = company.charges / 2;
      if (random_.below(9) == 0) company.status = "liquidation";
    }
    companies_.push_back(company);
    if (opening) return;
    remember_opening(companies_.back());
    say_profile(companies_.back());
  }
  std::string new_postcode() {
    return base::cat("B", 1 + random_.below(40), " ", 1 + random_.below(9), "TT");
  }
  std::string new_code() { return base::cat(10'000 + random_.below(80'000)); }

  void remember_opening(const Company& c) {
    Truth& truth = truth_[c.number];
    truth.born = c.born.value;
    truth.postcode[c.born.value] = c.postcode;
    truth.activities[c.born.value] = joined(c.codes);
    truth.form[c.born.value] = c.type;
    truth.status[c.born.value] = "active ";
    if (c.status != "active") truth.status[kFirstDay - 1] = c.status + " ";
    truth.accounts_due = text(c.accounts_due);
    truth.confirmation_due = text(c.statement_due);
  }
  static std::string joined(const std::vector<std::string>& codes) {
    std::string out;
    for (const std::string& code : codes) out += code + " ";
    return out;
  }

  void change(Company& c) {
    tick();
    if (!c.alive()) {
      if (random_.below(4) == 0 && today() > *c.ceased) restore(c);
      return;
    }
    switch (random_.below(14)) {
      case 0:
        c.postcode = new_postcode();
        truth_[c.number].postcode[today().value] = c.postcode;
        return say_profile(c);
      case 1:
        c.codes = {new_code()};
        if (random_.below(2) == 0) c.codes.push_back(new_code());
        truth_[c.number].activities[today().value] = joined(c.codes);
        return say_profile(c);
      case 2:
        c.type = c.type == "ltd" ? "plc" : "ltd";
        truth_[c.number].form[today().value] = c.type;
        return say_profile(c);
      case 3:
        c.status = c.status == "active" ? "liquidation" : "active";
        c.detail =
            c.status == "active" && random_.below(2) == 0 ? "active-proposal-to-strike-off" : "";
        truth_[c.number].status[today().value] = base::cat(c.status, " ", c.detail);
        return say_profile(c);
      case 4:
        return random_.below(3) == 0 ? cease(c) : say_profile(c);
      case 5:
        return file_document(c, true);
      case 6:
        return file_document(c, false);
      case 7:
        return create_charge(c);
      case 8:
        return satisfy_charge(c);
      case 9:
        return gazette(c);
      case 10:
        return officer(c);
      case 11:
        return insolvency(c);
      default:
        return say_profile(c);  // the register repeats itself
    }
  }

  void cease(Company& c) {
    Timeline& status = truth_[c.number].status;
    Days const last(status.rbegin()->first);
    c.ceased = std::max(last, Days(today().value - static_cast<int32_t>(random_.below(4))));
    c.status = "dissolved";
    c.detail.clear();
    status[c.ceased->value] = "ceased";
    say_profile(c);
  }
  void restore(Company& c) {
    c.status = "active";
    truth_[c.number].status[today().value] = "active ";
    say_profile(c);
  }

  void file_document(Company& c, bool accounts) {
    auto& made_up = accounts ? c.accounts_made_up : c.statement_made_up;
    auto& due = accounts ? c.accounts_due : c.statement_due;
    // Not for a period that has not ended, and once between two files: of two, the file shows the
    // second alone.
    Days const period(made_up ? made_up->value + 90 : c.born.value);
    int32_t& last = accounts ? c.accounts_filed : c.statement_filed;
    if (period > today() || today().value - last < 31) return;
    last = today().value;
    std::string const id = base::cat(accounts ? "accounts:" : "confirmation:", text(period));
    truth_[c.number].filings[id] = base::cat(text(today()), " ", text(due));
    made_up = period;
    due = Days(due->value + 90);
    (accounts ? truth_[c.number].accounts_due : truth_[c.number].confirmation_due) = text(*due);
    bool const profile_first = random_.below(2) == 0;
    if (profile_first) say_profile(c);
    Json const data = {{"category", accounts ? "accounts" : "confirmation-statement"},
                       {"type", accounts ? "AA" : "CS01"},
                       {"description", accounts ? "accounts-with-accounts-type-micro-entity"
                                                : "confirmation-statement-with-no-updates"},
                       {"description_values", {{"made_up_date", text(period)}}},
                       {"date", text(today())},
                       {"transaction_id", base::cat("MzQ", lines_.size(), "adiqzkcx")}};
    for (uint64_t i = 0; i <= random_.below(2); ++i) {
      say("filings", "filing-history", c, "filing-history/x", data);
    }
    if (!profile_first) say_profile(c);
  }

  void create_charge(Company& c) {
    ++c.charges;
    truth_[c.number].single[base::cat("charge:", c.charges, ":created")] = text(today());
    say_charge(c, c.charges, text(today()), "");
  }
  void satisfy_charge(Company& c) {
    if (c.satisfied == c.charges) return;
    ++c.satisfied;
    truth_[c.number].single[base::cat("charge:", c.satisfied, ":satisfied")] = text(today());
    auto const found = truth_[c.number].single.find(base::cat("charge:", c.satisfied, ":created"));
    bool const old = found == truth_[c.number].single.end();
    say_charge(c, c.satisfied, old ? "2015-03-02" : found->second, text(today()));
  }
  void say_charge(const Company& c, int number, const std::string& created,
                  const std::string& satisfied) {
    Json data = {{"charge_number", number},
                 {"created_on", created},
                 {"status", satisfied.empty() ? "outstanding" : "fully-satisfied"},
                 {"persons_entitled", {{{"name", "A Made-up Bank"}}}}};
    if (!satisfied.empty()) data["satisfied_on"] = satisfied;
    say("charges", "company-charges", c, base::cat("charges/c", number), data);
  }

  void gazette(Company& c) {
    static const std::vector<std::pair<std::string, std::string>> kWords = {
        {"gazette-notice-compulsory", "compulsory"},
        {"gazette-notice-compulsary", "compulsory"},
        {"gazette-notice-voluntary", "voluntary"},
        {"gazette-filings-brought-up-to-date", "discontinued"}};
    const auto& [description, id] = any(kWords);
    truth_[c.number].single[base::cat("strike-off:", id, ":", text(today()))] = text(today());
    Json const data = {{"category", "gazette"},
                       {"type", "GAZ1"},
                       {"description", description},
                       {"date", text(today())}};
    say("filings", "filing-history", c, "filing-history/y", data);
  }
  void officer(Company& c) {
    std::string const id = base::cat("o", c.number, "-", ++c.officers);
    Json data = {
        {"name", "NOBODY, Nemo"}, {"officer_role", "director"}, {"appointed_on", text(today())}};
    truth_[c.number].single[base::cat("officer:", id, ":appointed")] = text(today());
    say("officers", "company-officers", c, base::cat("appointments/", id), data);
    if (random_.below(2) == 0) return;
    data["resigned_on"] = text(today());
    truth_[c.number].single[base::cat("officer:", id, ":resigned")] = text(today());
    say("officers", "company-officers", c, base::cat("appointments/", id), data);
  }
  void insolvency(Company& c) {
    std::string const number = base::cat(++c.cases);
    truth_[c.number].single["insolvency:" + number] = text(today());
    Json cases = Json::array();
    for (int i = 1; i <= c.cases; ++i) {
      cases.push_back({{"number", base::cat(i)},
                       {"type", "creditors-voluntary-liquidation"},
                       {"dates",
                        {{{"type", "wound-up-on"},
                          {"date", truth_[c.number].single[base::cat("insolvency:", i)]}}}}});
    }
    say("insolvency-cases", "company-insolvency", c, "insolvency",
        {{"cases", cases}, {"status", {"liquidation"}}});
  }

  void say_profile(const Company& c) {
    Json data = {{"company_number", c.number},
                 {"company_name", "A MADE-UP COMPANY"},
                 {"company_status", c.status},
                 {"type", c.type},
                 {"can_file", c.alive()},
                 {"etag", "0000000000000000000000000000000000000000"},
                 {"jurisdiction", "england-wales"},
                 {"has_charges", c.charges > 0},
                 {"links",
                  {{"self", "/company/" + c.number},
                   {"officers", "/company/" + c.number + "/officers"},
                   {"filing_history", "/company/" + c.number + "/filing-history"}}},
                 {"date_of_creation", text(c.born)},
                 {"registered_office_address",
                  {{"address_line_1", "1 Nowhere Street"},
                   {"locality", "Nowhere"},
                   {"country", "United Kingdom"},
                   {"postal_code", c.postcode}}},
                 {"sic_codes", c.codes},
                 {"has_insolvency_history", c.cases > 0},
                 {"accounts",
                  {{"accounting_reference_date", {{"day", "31"}, {"month", "5"}}},
                   {"next_accounts", {{"due_on", text(c.accounts_due)}, {"overdue", false}}},
                   {"next_due", text(c.accounts_due)},
                   {"overdue", false}}},
                 {"confirmation_statement", {{"next_due", text(c.statement_due)}}}};
    if (!c.detail.empty()) data["company_status_detail"] = c.detail;
    if (c.ceased) data["date_of_cessation"] = text(*c.ceased);
    if (c.accounts_made_up) {
      data["accounts"]["last_accounts"] = {{"made_up_to", text(*c.accounts_made_up)}};
    }
    if (c.statement_made_up) {
      data["confirmation_statement"]["last_made_up_to"] = text(*c.statement_made_up);
    }
    say("companies", "company-profile", c, "", data);
  }

  void say(const std::string& stream, const std::string& kind, const Company& c,
           const std::string& below, const Json& data) {
    tick();
    int64_t const timepoint = timepoints_[stream] += 1 + static_cast<int64_t>(random_.below(3));
    std::string published = base::format_instant(now_);
    if (random_.below(2) == 0) {  // on the clock of the place
      int64_t const offset_s = now_ < kWinter ? 3'600 : 0;
      published = base::format_instant(base::UnixMillis(now_.value + 1000 * offset_s));
      published.pop_back();
    }
    Json const line = {
        {"resource_kind", kind},
        {"resource_uri",
         below.empty() ? "/company/" + c.number : "/company/" + c.number + "/" + below},
        {"resource_id", below.empty() ? c.number : "x"},
        {"data", data},
        {"event", {{"timepoint", timepoint}, {"published_at", published}, {"type", "changed"}}}};
    lines_.push_back({stream, timepoint, now_, line.dump()});
  }

  File file(Days day) const {
    File out{day, ""};
    out.csv =
        "CompanyName, CompanyNumber,RegAddress.PostCode,CompanyCategory,CompanyStatus,"
        "DissolutionDate,IncorporationDate,Accounts.NextDueDate,Accounts.LastMadeUpDate,"
        "Mortgages.NumMortCharges,Mortgages.NumMortSatisfied,SICCode.SicText_1,SICCode.SicText_2,"
        "SICCode.SicText_3,SICCode.SicText_4,ConfStmtNextDueDate, ConfStmtLastMadeUpDate\n";
    for (const Company& c : companies_) {
      if (!c.alive()) continue;
      std::string const status = c.status == "liquidation" ? "Liquidation"
                                 : c.detail.empty()        ? "Active"
                                                           : "Active - Proposal to Strike off";
      base::append(out.csv, "A MADE-UP COMPANY,", c.number, ",", c.postcode, ",",
                   c.type == "ltd" ? "Private Limited Company" : "Public Limited Company", ",",
                   status, ",,", slashed(c.born), ",", slashed(c.accounts_due), ",",
                   slashed(c.accounts_made_up), ",", c.charges, ",", c.satisfied, ",", c.codes[0],
                   " - Made up,", c.codes.size() > 1 ? c.codes[1] + " - Made up" : "", ",,,",
                   slashed(c.statement_due), ",", slashed(c.statement_made_up), "\n");
    }
    return out;
  }

  Random random_;
  base::UnixMillis now_{0};
  std::vector<Company> companies_;
  std::map<std::string, int64_t> timepoints_;
  std::vector<Line> lines_;
  File first_file_;
  std::vector<File> files_;
  std::map<std::string, Truth> truth_;
};

}  // namespace bellwether::testing
