"""Writes everything that the demo with a made-up region reads."""
import csv
import os

from region import desk, register
from region.services import ROOT

REFERENCE = f"{ROOT}/deploy/reference/west-midlands"
HOLIDAYS = f"{ROOT}/deploy/reference/uk/holidays.csv"
MAPPING = f"{ROOT}/deploy/mappings/crm.yaml"
TEMPLATE = f"{ROOT}/deploy/region/bellwetherd.yaml.in"


def decile_set(decile):
    """The area set of the neighbourhoods of a decile."""
    return f"DECILE{decile}"


def write_area_sets(world, path):
    """Those of the reference files, and one of each decile."""
    with open(f"{REFERENCE}/area_sets.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for code, decile in sorted(zip(world.places.codes, world.places.deciles), key=lambda x: x[1]):
        rows.append((decile_set(decile), f"Neighbourhoods of decile {decile}", code, "", ""))
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_config(folder, areas, path, births_only=False):
    """`areas`: the folder of the geography. `births_only`: without a topic of a desk, sets of areas
    and deciles."""
    with open(TEMPLATE, encoding="utf-8") as file:
        lines = file.read().replace("@DEPLOY@", f"{ROOT}/deploy").replace("@FOLDER@", folder)
    lines = lines.replace("@AREAS@", areas).splitlines(keepends=True)
    if births_only:
        lines = [line for line in lines if "area_sets:" not in line and "deprivation:" not in line]
        lines.insert(lines.index("kafka:\n") + 1, '  support_topic: ""\n')
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)


class Files:
    """The paths of what is written, and `lines` of the day files and `rows` of the CRM's export."""

    def __init__(self, world, seed, folder):
        self.config = f"{folder}/bellwetherd.yaml"
        self.opening = f"{folder}/BasicCompanyDataAsOneFile-{world.plan.first}.csv"
        self.days = f"{folder}/stream"
        self.crm, self.companies = f"{folder}/crm.csv", f"{folder}/companies.csv"
        self.register_state, self.desk_state = f"{folder}/register.state", f"{folder}/desk.state"
        os.mkdir(self.days)
        write_config(folder, REFERENCE, self.config)
        write_area_sets(world, f"{folder}/area_sets.csv")
        world.places.write_postcodes(f"{folder}/made_up_postcodes.csv")
        register.write_opening(world, self.opening)
        self.lines = register.DayFiles(world).write(self.days)
        self.rows = desk.Desk(seed, world).write(self.crm)
        desk.write_register(world, self.companies)


def day_files(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder))


def connect_opening_and_days(services, state, opening, days):
    """Publishes the file of the opening stock and then the day files of a folder. Returns what the
    connector says of each."""
    register_of = ("connect", "companies-house", "--state", state)
    return (services.run(*register_of, "--bulk", opening),
            services.run(*register_of, "--day-file", *day_files(days)))


def connect_desk(services, files):
    """Publishes the export of the CRM. Returns what the connector says of it."""
    return services.run("connect", "table", "--mapping", MAPPING, "--state", files.desk_state,
                        "--register", files.companies, files.crm)
