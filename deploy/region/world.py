"""The made-up region: which companies are born, when they file their accounts, and when they end.
The same seed gives the same world. Volumes are true ones:

- births: 26,970 a year. 54,704 companies of 2019 in the West Midlands region were still registered
  two years later (Companies House); 49 % of its residents live in the seven districts. The shares
  of weekdays and months, and how much single days scatter, are those of the same counts, rounded;
- stock: the survivors of 30 years of births, some 220,000.

Lives, lateness of accounts and who asks for support are set by judgement."""
import csv
import dataclasses
import datetime
import itertools
import math
import random

from region import sectors
from region.places import POSTCODES_A_PLACE, Places

BIRTHS_A_YEAR = 26_970
WEEKDAYS = (1.17, 0.97, 1.02, 0.91, 0.94, 0.13, 0.01)
MONTHS = (0.97, 1.10, 1.30, 1.06, 1.07, 0.86, 0.83, 0.94, 0.97, 1.02, 0.95, 0.95)
DAY_SCATTER = 0.18       # of the logarithm of a day's births, in all sectors alike
CLOSURE_SHARE = 0.43     # of the usual births, between Christmas and New Year
STOCK_YEARS = 30
STOCK_GROWTH = 0.04      # a year, of the births before the first file
YOUNG_YEARS = 5          # companies of up to this age end more often; in the first year, none does
YOUNG_ENDS, OLD_ENDS = 0.13, 0.085  # a year
STRUCK_OFF = 0.55        # of the ends: by the register, for want of accounts
NOTICE_DAYS = 75         # from the notice in the Gazette to the end
UNFILED_DAYS = 330       # so long before, such a company has stopped filing
INSOLVENT = 0.04         # of the ends
GUARANTEE = 0.03         # of the companies are limited by guarantee
DUE_MONTHS = 9           # from the end of a financial year
EARLY_DAYS = 60          # accounts that are in time come so early in the mean
LATE, LATE_DAYS = 0.08, 45  # the share of late accounts, and how late they are in the mean
FALL_LATE, FALL_LATE_DAYS = 0.40, 120  # the same, in the sector of the planted fall
FIRST_NUMBER = 90_000_000  # no company has such a high number
NEVER = 1 << 30


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is planted and when. `first`: the day of the first file of the register, which shows the
    end of the day before. It is more than five years before the fall: a baseline needs three years,
    and two more tell how much a series scatters around it. `last`: the last day, in the month after
    the last one that is judged. Births in `section` fall by the share `fall` from the day `start`
    on; from `warning` on its accounts are late and its owners ask for help. Without `accounts` no
    company has accounts or due dates."""
    first: datetime.date = datetime.date(2019, 1, 1)
    last: datetime.date = datetime.date(2024, 12, 3)
    warning: datetime.date = datetime.date(2024, 4, 1)
    start: datetime.date = datetime.date(2024, 9, 1)
    section: str = "F"
    fall: float = 0.2
    accounts: bool = True


class Company:
    """Days are ordinals; died is NEVER, or the day of the end. filings: (day, month of the end of
    the financial year), in order of time, from the last one before the first file on."""
    __slots__ = ("index", "born", "died", "struck_off", "insolvent", "place", "postcode", "sector",
                 "guarantee", "filings")

    @property
    def number(self):
        return f"{FIRST_NUMBER + self.index:08}"


def month_of(ordinal):
    day = datetime.date.fromordinal(ordinal)
    return day.year * 12 + day.month - 1


class Months:
    """The last day of a month, which is counted from the year 0 on."""

    def __init__(self):
        self.ends = {}

    def end(self, month):
        found = self.ends.get(month)
        if found is None:
            year, of_year = divmod(month + 1, 12)
            found = self.ends[month] = datetime.date(year, of_year + 1, 1).toordinal() - 1
        return found

    def due(self, month):
        """The day on which the accounts of a financial year that ends with this month are due."""
        return self.end(month + DUE_MONTHS)


def poisson(mean, rng):
    """A count by the gaps between events."""
    count, at = -1, 0.0
    while at < mean:
        count, at = count + 1, at + rng.expovariate(1.0)
    return max(count, 0)


def read_days(path):
    """The holidays and the closures of a table of holidays, as ordinals."""
    days = {"holiday": set(), "closure": set(), "feast": set()}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            days[row["effect"]].add(datetime.date.fromisoformat(row["date"]).toordinal())
    return days["holiday"], days["closure"]


class World:
    """companies: all of them, the stock of the first day before those who are born later, in order
    of birth. stock: how many there are on the first day."""

    def __init__(self, seed, reference, holidays, plan=Plan()):
        self.plan = plan
        self.first, self.last = plan.first.toordinal(), plan.last.toordinal()
        self.warning, self.start = plan.warning.toordinal(), plan.start.toordinal()
        self.holidays, self.closures = read_days(holidays)
        self.months = Months()
        self.planted = sectors.of_section(plan.section)
        self.places = Places(reference, random.Random(f"{seed} places"))
        self._rng = random.Random(f"{seed} companies")
        self._filing_rng = random.Random(f"{seed} accounts")  # so that lives do not depend on them
        self._places = list(itertools.accumulate(self.places.weights))
        self._sectors = list(itertools.accumulate(sectors.SHARES))
        self.companies = []
        # Days without births (holidays) leave a year what it has.
        self._day_mean = BIRTHS_A_YEAR / 365.25 * (self.last - self.first + 1) / sum(
            self._share(day) for day in range(self.first, self.last + 1))
        self._settle()
        self.stock = len(self.companies)
        self._grow(random.Random(f"{seed} days"))

    def _settle(self):
        ages = [math.exp(-STOCK_GROWTH * age) * self._survival(age) for age in range(STOCK_YEARS)]
        for age, share in enumerate(ages):
            for _ in range(round(BIRTHS_A_YEAR * share)):
                self._add(self.first - 1 - age * 365 - int(self._rng.random() * 365))

    @staticmethod
    def _survival(age):
        young = min(max(age - 0.5, 0), YOUNG_YEARS - 1)
        return math.exp(-YOUNG_ENDS * young - OLD_ENDS * max(age - YOUNG_YEARS + 0.5, 0))

    def _share(self, ordinal):
        """How many births a day has in comparison with others."""
        day = datetime.date.fromordinal(ordinal)
        if ordinal in self.holidays:
            return 0
        rest = CLOSURE_SHARE if ordinal in self.closures else 1
        return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * rest

    def _grow(self, rng):
        for day in range(self.first, self.last + 1):
            scatter = rng.lognormvariate(-DAY_SCATTER**2 / 2, DAY_SCATTER)
            for _ in range(poisson(self._day_mean * self._share(day) * scatter, rng)):
                sector = self._pick(self._sectors)
                fallen = sector in self.planted and day >= self.start
                if not (fallen and rng.random() < self.plan.fall):
                    self._add(day, sector)

    def _pick(self, sums):
        """A number by sums of weights."""
        wanted = self._rng.random() * sums[-1]
        low, high = 0, len(sums) - 1
        while low < high:
            middle = (low + high) // 2
            if sums[middle] > wanted:
                high = middle
            else:
                low = middle + 1
        return low

    def _add(self, born, sector=None):
        rng, company = self._rng, Company()
        company.index = len(self.companies)
        company.born = born
        company.place = self._pick(self._places)
        company.postcode = self.places.postcodes[company.place][
            company.index % POSTCODES_A_PLACE]
        company.sector = self._pick(self._sectors) if sector is None else sector
        company.guarantee = rng.random() < GUARANTEE
        company.died = self._end(born)
        company.struck_off = rng.random() < STRUCK_OFF
        company.insolvent = not company.struck_off and rng.random() < INSOLVENT / (1 - STRUCK_OFF)
        company.filings = self._filings(company) if self.plan.accounts else ()
        self.companies.append(company)

    def _end(self, born):
        """The day on which a company that exists on the first day, or on its day of birth, ends."""
        alive = max(born + 365, self.first)
        young = born + YOUNG_YEARS * 365
        left = self._rng.expovariate(1.0)
        if alive < young:
            day = alive + left / YOUNG_ENDS * 365
            if day <= young:
                return self._working(int(day))
            left -= (young - alive) * YOUNG_ENDS / 365
            alive = young
        return self._working(int(alive + left / OLD_ENDS * 365))

    def _working(self, day):
        if day > self.last:
            return NEVER
        while day in self.holidays or (day - 1) % 7 > 4:
            day += 1
        return day if day <= self.last else NEVER

    def _filings(self, company):
        rng, months = self._filing_rng, self.months
        stops = company.died - UNFILED_DAYS if company.struck_off else company.died
        stops = min(stops, self.last + 1)
        birth_month = month_of(company.born)
        # The first financial year that can still be unfiled on the first day.
        years = max((month_of(self.first) - DUE_MONTHS - 24 - birth_month) // 12, 0)
        month, before = birth_month + 12 * (years + 1), company.born
        out = [(self.first - 1, month - 12)] if years > 0 else []
        while True:
            due = months.due(month)
            fallen = company.sector in self.planted and due >= self.warning
            late, days = (FALL_LATE, FALL_LATE_DAYS) if fallen else (LATE, LATE_DAYS)
            if rng.random() < late:
                day = due + 1 + int(rng.expovariate(1 / days))
            else:
                day = due - min(int(rng.expovariate(1 / EARLY_DAYS)), 250)
            day = max(day, before + 1)
            day += (0, 0, 0, 0, 0, 2, 1)[(day - 1) % 7]
            if day >= stops:
                return out
            if day < self.first:
                out.clear()
            out.append((day, month))
            before, month = day, month + 12


def next_month(company, filed):
    """The end of the financial year of which accounts are due next. `filed`: that of the last
    accounts; None: there are none."""
    return month_of(company.born) + 12 if filed is None else filed + 12
