"""The growth hub of the made-up region: an export of its CRM, one row for each step of a case, in
the shape that deploy/mappings/crm.yaml reads. The volume and the mix of topics are made up: about
one business in twenty asks for help in a year. Those in the most deprived tenth of neighbourhoods
are seldom reached; in the sector of the planted fall, more ask, and more of them in distress."""
import csv
import datetime
import random

from region import sectors
from region.register import name

COLUMNS = ("Case", "Step", "Type", "Opened", "Updated", "Date", "Company number", "Company",
           "Postcode", "Sector", "Channel", "Topics", "Hours", "Received", "First reply", "Team",
           "Consent", "Partner", "State", "Result", "Jobs", "Amount", "Obligation")
CASES_A_DAY = 46  # of work
# Of the businesses that would ask, those who do, by decile of their neighbourhood.
REACHED = {1: 0.2, 2: 0.8, 3: 0.9}
STARTERS = 0.10   # of the cases: not on the register yet
NUMBERED = 0.75   # of the others: state their number; the rest only name and postcode
DISTRESS, FALL_DISTRESS = 0.18, 0.45  # of the enquiries
FALL_MORE = 0.5   # so many times more of the businesses in the sector of the planted fall ask
DISTRESS_TOPICS = ("Cash flow", "Debt", "Late payment", "Rent or rates", "Energy")
TOPICS = ("Loan", "Grant", "Growth", "Export", "Digital", "Staff", "Tax")
CHANNELS = ("Phone", "Phone", "E-mail", "Website")
TEAMS = ("birmingham", "black-country", "coventry")
ADVISED, REFERRED, ENDED_WELL = 0.6, 0.15, 0.08  # of the cases
CLEARED = 0.8     # of the referrals
OPENS, CLOSES = 9 * 60, 17 * 60  # the desk's minutes of a day


class Desk:
    def __init__(self, seed, world):
        self.world = world
        self.rng = random.Random(f"{seed} desk")
        self.case = 1000
        self.rows = []  # (updated, row)

    def write(self, path):
        """Returns the number of rows."""
        for day in range(self.world.first, self.world.last + 1):
            if self._works(day):
                for _ in range(self.rng.randrange(2 * CASES_A_DAY + 1)):
                    self._open(day)
        end = datetime.datetime.fromordinal(self.world.last + 1)
        self.rows = [each for each in self.rows if each[0] < end]
        self.rows.sort(key=lambda each: each[0])
        with open(path, "w", encoding="windows-1252", newline="") as file:
            table = csv.writer(file, delimiter=";", lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows([row.get(column, "") for column in COLUMNS] for _, row in self.rows)
        return len(self.rows)

    def _works(self, day):
        return (day - 1) % 7 < 5 and day not in self.world.holidays

    def _next_day(self, day, days):
        """The working day so many days later, or the next one."""
        day += days
        while not self._works(day):
            day += 1
        return day

    def _enquirer(self, day):
        """A company that asks on this day, as likely as it is reached."""
        rng, world = self.rng, self.world
        while True:
            company = world.companies[int(rng.random() * len(world.companies))]
            if not company.born <= day < company.died:
                continue
            eager = self._falls(company, day)
            likely = REACHED.get(world.places.deciles[company.place], 1)
            if rng.random() * (1 + FALL_MORE) < likely * (1 + FALL_MORE * eager):
                return company

    def _falls(self, company, day):
        return company.sector in self.world.planted and day >= self.world.warning

    def _who(self, day):
        """The columns that say who asks, and whether this is about distress."""
        rng = self.rng
        if rng.random() < STARTERS:
            place = rng.randrange(len(self.world.places.codes))
            return {"Postcode": rng.choice(self.world.places.postcodes[place])}, None
        company = self._enquirer(day)
        who = {"Company": name(company).replace("LTD", "Limited").title(),
               "Postcode": company.postcode, "Sector": sectors.WORDS[company.sector]}
        if rng.random() < NUMBERED:
            who["Company number"] = company.number
        share = FALL_DISTRESS if self._falls(company, day) else DISTRESS
        return who, rng.random() < share

    def _open(self, day):
        rng = self.rng
        self.case += 1
        who, distress = self._who(day)
        opened = self._at(day, OPENS + rng.randrange(CLOSES - OPENS - 60))
        who.update(Case=self.case, Opened=text(opened), Team=rng.choice(TEAMS))
        topic = "Starting up" if distress is None else rng.choice(
            DISTRESS_TOPICS if distress else TOPICS)
        minutes = int(rng.expovariate(1 / 150)) + 5
        reply = opened + datetime.timedelta(minutes=minutes)
        if reply.hour * 60 + reply.minute >= CLOSES:
            reply = self._at(self._next_day(day, 1), OPENS + minutes % 240)
        self._row(who, 1, reply + datetime.timedelta(minutes=5), opened, Type="Enquiry",
                  Channel=rng.choice(CHANNELS), Topics=topic, Hours="0,5", Received=text(opened),
                  Consent="Statistics", **{"First reply": text(reply)})
        self._follow(who, day, topic)

    def _follow(self, who, day, topic):
        """What comes of an enquiry."""
        rng, step = self.rng, 2
        if rng.random() < ADVISED:
            day = self._next_day(day, 2 + rng.randrange(10))
            at = self._at(day, OPENS + rng.randrange(CLOSES - OPENS))
            self._row(who, step, at, at, Type="Advice", Channel=rng.choice(("Teams", "Visit")),
                      Topics=topic, Hours="1,5", Consent="Statistics")
            step += 1
        if rng.random() < REFERRED:
            partner = "Debt charity" if topic in DISTRESS_TOPICS else "Bank"
            states = ("Sent", "Done") if rng.random() < CLEARED else ("Sent", "Declined")
            for state in states:
                day = self._next_day(day, 1 if state == "Sent" else 10 + rng.randrange(40))
                at = self._at(day, OPENS + rng.randrange(CLOSES - OPENS))
                self._row(who, step, at, at, Type="Referral", Partner=partner, State=state)
                step += 1
        if rng.random() < ENDED_WELL:
            day = self._next_day(day, 60 + rng.randrange(60))
            at = self._at(day, OPENS + rng.randrange(CLOSES - OPENS))
            result = rng.choice(("Jobs", "Jobs kept", "Finance"))
            told = ("Amount", "12.500,00") if result == "Finance" else ("Jobs", rng.randrange(1, 6))
            self._row(who, step, at, at, Type="Result", Result=result, **dict([told]))

    @staticmethod
    def _at(day, minute):
        return datetime.datetime.fromordinal(day) + datetime.timedelta(minutes=minute)

    def _row(self, who, step, updated, happened, **columns):
        self.rows.append((updated, {**who, "Step": step, "Updated": text(updated),
                                    "Date": happened.strftime("%d/%m/%Y"), **columns}))


def text(moment):
    return moment.strftime("%d/%m/%Y %H:%M")


def write_register(world, path):
    """What the desk keeps of the register: every company that was on it at any time."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("CompanyNumber", "CompanyName", "RegAddress.PostCode", "CompanyStatus"))
        table.writerows((each.number, name(each), each.postcode, "Active")
                        for each in world.companies)
