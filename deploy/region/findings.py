"""What bellwetherd found of a world in which a fall was planted."""
import datetime

from region import sectors

DAYS_A_YEAR = 365.25


def month_after(month, months):
    """The month so many months after YYYY-MM."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{count // 12}-{count % 12 + 1:02}"


class Findings:
    """The alerts of the rules on births, accounts and distress, as of now. `region`: the code of
    the whole region."""
    RULES = ("R1", "R4", "R6")

    def __init__(self, services, plan, region):
        self.plan, self.region = plan, region
        self.planted = {plan.section, *sectors.SECTIONS[plan.section]}
        rules = ", ".join(self.RULES)
        self.alerts = services.ask("alerts", "list", "--limit", "0", "--filter",
                                   f"rule IN ({rules})")["alerts"]

    @staticmethod
    def day(alert):
        """The day on which it was raised: that after the period which showed it."""
        return datetime.datetime.fromtimestamp(int(alert["raised_at_ms"]) / 1000,
                                               datetime.timezone.utc).date()

    def raised(self, rule):
        """The day of the first alert of a rule on the planted section in the whole region, of those
        raised after something was planted; None if there is none."""
        days = [self.day(each) for each in self.alerts
                if each["rule"] == rule and each["node"] == {"area": self.region,
                                                             "sector": self.plan.section}
                and self.day(each) > self.plan.warning]
        return min(days, default=None)

    def called(self):
        """The day on which the fall of births was called: by an alert on the planted section, or a
        division of it, in the whole region. None if it was not."""
        return min((self.day(each) for each in self.alerts
                    if each["rule"] == "R1" and each["node"]["area"] == self.region
                    and self._is_planted(each)), default=None)

    def _is_planted(self, alert):
        return alert["node"]["sector"] in self.planted and self.day(alert) > self.plan.start

    def weeks_until_called(self):
        """None if the fall was not called."""
        day = self.called()
        return None if day is None else (day - self.plan.start).days / 7

    def false_alarms(self):
        """The alerts on births that nothing was planted for: those of other sectors, of all sectors
        together, and of the planted section before its births fell."""
        return [each for each in self.alerts
                if each["rule"] == "R1" and not self._is_planted(each)]

    def years(self):
        return (self.plan.last - self.plan.first).days / DAYS_A_YEAR
