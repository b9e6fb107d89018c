"""The register of the made-up region as Companies House publishes it: a file BasicCompanyData that
shows the end of the day before the first one, and for each day from then on a file of the stream's
lines, in the shapes of the public API. The stream of filings repeats what the profile of a company
tells of its accounts; that is left out. The header is that of the real file."""
import datetime
import os

from region import sectors
from region.world import NEVER, NOTICE_DAYS, next_month

HEADER = (
    "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1, "
    "RegAddress.AddressLine2,RegAddress.PostTown,RegAddress.County,RegAddress.Country,"
    "RegAddress.PostCode,CompanyCategory,CompanyStatus,CountryOfOrigin,DissolutionDate,"
    "IncorporationDate,Accounts.AccountRefDay,Accounts.AccountRefMonth,Accounts.NextDueDate,"
    "Accounts.LastMadeUpDate,Accounts.AccountCategory,Returns.NextDueDate,Returns.LastMadeUpDate,"
    "Mortgages.NumMortCharges,Mortgages.NumMortOutstanding,Mortgages.NumMortPartSatisfied,"
    "Mortgages.NumMortSatisfied,SICCode.SicText_1,SICCode.SicText_2,SICCode.SicText_3,"
    "SICCode.SicText_4,LimitedPartnerships.NumGenPartners,LimitedPartnerships.NumLimPartners,URI," +
    ",".join(f"PreviousName_{i}.CONDATE, PreviousName_{i}.CompanyName" for i in range(1, 11)) +
    ",ConfStmtNextDueDate, ConfStmtLastMadeUpDate")

OPENS, CLOSES = 8 * 3600, 18 * 3600  # the seconds of a day between which the stream speaks
SYLLABLES = [a + b for a in "BDFGKLMNPRSTVZ" for b in ("A", "E", "I", "O", "U", "AN", "EL", "OR")]


def name(company):
    """Different for each company, and of no company that exists."""
    rest, word = company.index, ""
    for _ in range(3):
        rest, at = divmod(rest, len(SYLLABLES))
        word = SYLLABLES[at] + word
    assert rest == 0, "more companies than names"
    return f"{word} (MADE UP) LTD"


def row(company, world, day_text):
    """Of the file BasicCompanyData that shows the end of the day before the first one."""
    number, filed = company.number, company.filings[0] if company.filings else None
    if filed and filed[0] >= world.first:
        filed = None
    due = made_up = kind = ""
    if world.plan.accounts:
        month = next_month(company, filed[1] if filed else None)
        due = day_text(world.months.due(month))
        made_up = day_text(world.months.end(filed[1])) if filed else ""
        kind = "MICRO ENTITY" if filed else "NO ACCOUNTS FILED"
    noticed = company.struck_off and company.died - NOTICE_DAYS < world.first
    status = "Active - Proposal to Strike off" if noticed else "Active"
    category = ("PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
                if company.guarantee else "Private Limited Company")
    born = day_text(company.born)
    return (f'"{name(company)}","{number}","","","1 MADE UP STREET","","NOWHERE","","ENGLAND",'
            f'"{company.postcode}","{category}","{status}","United Kingdom","","{born}","30",'
            f'"{born[3:5]}","{due}","{made_up}","{kind}","","","0","0","0","0",'
            f'"{sectors.TITLES[company.sector]}","","","","0","0",'
            f'"http://business.data.gov.uk/id/company/{number}"' + ',"",""' * 10 + ',"",""\n')


def write_opening(world, path):
    texts = {}

    def day_text(ordinal):
        if ordinal not in texts:
            texts[ordinal] = datetime.date.fromordinal(ordinal).strftime("%d/%m/%Y")
        return texts[ordinal]
    with open(path, "w", encoding="ascii") as file:
        file.write(HEADER + "\n")
        for company in world.companies[:world.stock]:
            file.write(row(company, world, day_text))


class DayFiles:
    """Writes YYYY-MM-DD.jsonl of each day on which the register says something. The lines of all
    streams are in one file, in order of time."""

    def __init__(self, world):
        self.world = world
        self.timepoint = 1_000_000
        self._texts = {}

    def write(self, folder):
        """Returns the number of lines."""
        begin = self.timepoint
        for day, happened in sorted(self._by_day().items()):
            with open(os.path.join(folder, f"{self._text(day)}.jsonl"), "w",
                      encoding="ascii") as file:
                file.writelines(self._lines(day, happened))
        return self.timepoint - begin

    def _by_day(self):
        """By day the lines to write: (function, company, what else it needs)."""
        days, world = {}, self.world
        for company in world.companies:
            filed = None
            if company.born >= world.first:
                days.setdefault(company.born, []).append((self._profile, company, None))
            for day, month in company.filings:
                if day >= world.first:
                    days.setdefault(day, []).append((self._profile, company, month))
                filed = month
            if company.died == NEVER:
                continue
            notice = company.died - NOTICE_DAYS
            if company.struck_off and notice >= max(world.first, company.born):
                days.setdefault(self._weekday(notice), []).append((self._notice, company, filed))
            if company.insolvent:
                days.setdefault(company.died, []).append((self._insolvency, company, filed))
            days.setdefault(company.died, []).append((self._profile, company, filed))
        return days

    @staticmethod
    def _weekday(day):
        return day + (0, 0, 0, 0, 0, 2, 1)[(day - 1) % 7]

    def _text(self, ordinal):
        found = self._texts.get(ordinal)
        if found is None:
            found = self._texts[ordinal] = datetime.date.fromordinal(ordinal).isoformat()
        return found

    def _lines(self, day, happened):
        text = self._text(day)
        step = (CLOSES - OPENS) / len(happened)
        for at, (line, company, filed) in enumerate(happened):
            second = OPENS + int(at * step)
            self.timepoint += 1
            event = (f'"event":{{"timepoint":{self.timepoint},"published_at":"{text}T'
                     f'{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}",'
                     '"type":"changed"}}\n')
            yield line(company, filed, day) + event

    def _accounts(self, company, filed):
        if not self.world.plan.accounts:
            return ""
        months = self.world.months
        month = next_month(company, filed)
        due, end = self._text(months.due(month)), self._text(months.end(month))
        last = f',"last_accounts":{{"made_up_to":"{self._text(months.end(filed))}","type":' \
            '"micro-entity"}' if filed is not None else ""
        return (f'"accounts":{{"next_due":"{due}","next_made_up_to":"{end}","next_accounts":'
                f'{{"due_on":"{due}","period_end_on":"{end}"}}{last}}},')

    def _profile(self, company, filed, day):
        number, ended = company.number, day == company.died
        status = f'dissolved","date_of_cessation":"{self._text(day)}' if ended else "active"
        kind = "private-limited-guarant-nsc" if company.guarantee else "ltd"
        return (f'{{"resource_kind":"company-profile","resource_uri":"/company/{number}",'
                f'"resource_id":"{number}","data":{{"company_name":"{name(company)}",'
                f'"company_number":"{number}","company_status":"{status}","type":"{kind}",'
                f'"date_of_creation":"{self._text(company.born)}",'
                f'{self._accounts(company, filed)}'
                f'"registered_office_address":{{"address_line_1":"1 Made Up Street","locality":'
                f'"Nowhere","postal_code":"{company.postcode}"}},'
                f'"sic_codes":["{sectors.CODES[company.sector]}"],'
                f'"jurisdiction":"england-wales","links":{{"self":"/company/{number}"}}}},')

    def _notice(self, company, _, day):
        number = company.number
        return (f'{{"resource_kind":"filing-history","resource_uri":"/company/{number}/'
                f'filing-history/{number}GAZ1","resource_id":"{number}GAZ1","data":{{"category":'
                f'"gazette","date":"{self._text(day)}","description":"gazette-notice-compulsory",'
                f'"type":"GAZ1","transaction_id":"{number}GAZ1"}},')

    def _insolvency(self, company, _, day):
        number = company.number
        return (f'{{"resource_kind":"company-insolvency","resource_uri":"/company/{number}/'
                f'insolvency","resource_id":"{number}","data":{{"cases":[{{"number":"1","type":'
                f'"creditors-voluntary-liquidation","dates":[{{"type":"wound-up-on","date":'
                f'"{self._text(day)}"}}]}}]}},')
