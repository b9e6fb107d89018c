"""The business register of Singapore as if it were of today: moved by whole years, so that its last
month is the latest one that has ended, and spread over five regions, so that there are areas to
compare. The shares of the regions are made up; what the register says of each sector is not."""
import csv
import datetime
import os

import yaml

REGISTER = "tests/data/singapore/register.csv"
REFERENCE = "deploy/reference/sg"
REGIONS = {"SG-CE": ("Central", 5), "SG-E": ("East", 2), "SG-N": ("North", 1),
           "SG-NE": ("North-East", 2), "SG-W": ("West", 2)}
COLUMNS = ("period", "area", "sector", "births", "deaths")


def last_month(today):
    """The latest month that has ended, as YYYY-MM."""
    return (today.replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")


def spread(count):
    """A count of the whole, by region."""
    total, out, before = sum(share for _, share in REGIONS.values()), {}, 0
    for code, (_, share) in REGIONS.items():
        before += share
        out[code] = count * before // total - count * (before - share) // total
    return out


def rows(months, today):
    """The rows of the latest months, in order of time."""
    with open(REGISTER, encoding="utf-8") as file:
        register = list(csv.DictReader(file))
    last = last_month(today)
    end = max(row["period"] for row in register)
    years = int(last[:4]) - int(end[:4]) + (last[5:] > end[5:])
    out = []
    for row in register:
        period = f"{int(row['period'][:4]) + years}{row['period'][4:]}"
        if period > last:
            continue
        births, deaths = spread(int(row["births"])), spread(int(row["deaths"]))
        out += [(period, area, row["sector"], births[area], deaths[area]) for area in REGIONS]
    wanted = sorted({row[0] for row in out})[-months:]
    return [row for row in out if row[0] in wanted]


def with_downturn(counts, first):
    """The rows with a downturn of our making from the month first on, in two sectors of the whole
    country and in three more of one region: 45 % fewer births, 60 % more deaths."""
    out = []
    for period, area, sector, births, deaths in counts:
        hit = sector in ("47", "56") or (area == "SG-W" and sector in ("C", "F", "H"))
        if period >= first and hit:
            births, deaths = births * 55 // 100, deaths * 16 // 10
        out.append((period, area, sector, births, deaths))
    return out


def write_counts(path, counts):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *counts])
    return path


def configuration(folder, **sections):
    """That of deploy/demo.yaml with the regions; sections are merged into it."""
    areas = os.path.join(folder, "areas.csv")
    with open(areas, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("code", "name", "level", "parent"), ("SG", "Singapore", "country", ""),
             *((code, name, "region", "SG") for code, (name, _) in REGIONS.items())])
    with open("deploy/demo.yaml", encoding="utf-8") as file:
        config = yaml.safe_load(file)
    holidays = os.path.abspath(f"{REFERENCE}/holidays.csv")
    config["time"].update(holidays=holidays, history_years=20)
    config["desk"].update(holidays=holidays)
    config["reference"] = {"areas": areas, "sectors": os.path.abspath(f"{REFERENCE}/sectors.csv")}
    for name, section in sections.items():
        config[name] = {**config.get(name, {}), **section}
    return config
