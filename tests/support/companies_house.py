#!/usr/bin/env python3
"""Usage: tests/support/companies_house.py [--companies N] [--date DAY] [--seed S] [--part K_OF]
Writes a made-up file BasicCompanyData of any size to standard output, with the header of the real
one. The companies, names and addresses do not exist. The files of different dates belong together:
companies are born, move, file, and cease between them. The same arguments give the same bytes.
--part 2_7 writes the second of seven parts."""
import argparse
import datetime
import math
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy"))
from region.register import HEADER  # noqa: E402

# The first file is of this day; lives after it depend on the seed alone.
FIRST = datetime.date(2024, 11, 1).toordinal()
BIRTHS_A_DAY = 1 / 2800  # of the companies of the first file
DEATHS_A_DAY = 1 / 3000
PREFIXES = ("",) * 44 + ("SC",) * 3 + ("NI", "OC", "SO")
CATEGORIES = ("Private Limited Company",) * 45 + (
    "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)",
    "Community Interest Company", "Public Limited Company", "Private Unlimited Company",
    "Overseas Entity")
STATUSES = ("Active",) * 46 + ("Liquidation", "Liquidation", "In Administration",
                               "Voluntary Arrangement")
AREAS = ("B1 1", "B15 2", "B29 7", "WV1 4", "CV1 2", "DY1 1", "WS1 1", "M1 1", "LS1 4", "EC1V 2",
         "SW1A 1", "G1 1", "EH1 1", "CF10 1", "BT1 5", "JE2 3", "PL1 1", "NR1 3", "TR1 2", "ZE1 0")
ACTIVITIES = (
    "62012 - Business and domestic software development", "70229 - Management consultancy",
    "41202 - Construction of domestic buildings", "56101 - Licensed restaurants",
    "47910 - Retail sale via mail order houses or via Internet", "96020 - Hairdressing",
    "68209 - Other letting and operating of own or leased real estate", "43210 - Electrical work",
    "49410 - Freight transport by road", "86900 - Other human health activities",
    "99999 - Dormant Company", "74990 - Non-trading company", "01110 - Growing of cereals",
    "7499 - Non-trading company", "None Supplied", "25110 - Manufacture of metal structures")
MASK = (1 << 64) - 1


def mix(x):
    """The finaliser of splitmix64."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def date_texts():
    """DD/MM/YYYY of every ordinal, made once."""
    texts = {}

    def text(ordinal):
        found = texts.get(ordinal)
        if found is None:
            day = datetime.date.fromordinal(ordinal)
            found = texts[ordinal] = f"{day.day:02}/{day.month:02}/{day.year:04}"
        return found
    return text


def number_of(index, seed):
    """A bijection of indexes to numbers, so that the file is not in their order."""
    prefix = PREFIXES[index % len(PREFIXES)]
    place = index // len(PREFIXES) * 44 + index % 44 if prefix == "" else index // len(PREFIXES)
    if prefix == "":
        return f"{(place * 7_777_777 + seed * 101) % 16_000_001:08}"
    if prefix == "SC":
        place = place * 3 + index % len(PREFIXES) - 44
    return f"{prefix}{(place * 777_777 + seed * 101) % 1_000_003 % 1_000_000:06}"


def row_of(index, companies, seed, today, text):
    """The row of a company in the file of `today`; None if it is not on the register."""
    h = mix(index * 0x9E3779B97F4A7C15 + seed & MASK)
    g = mix(h + 1)
    if index < companies:
        born = FIRST - 1 - int(-math.log((h & 0xFFFFFFFF) / 4294967296 + 1e-9) * 3000)
        born = max(born, FIRST - 60_000)
    else:
        born = FIRST + int((index - companies) / (companies * BIRTHS_A_DAY))
    if born >= today:
        return None
    from_day = max(born, FIRST)
    died = from_day + 1 + int(-math.log((h >> 32) / 4294967296 + 1e-9) / DEATHS_A_DAY)
    restored = died + 70 if g % 40 == 0 else 1 << 30
    if died < today <= restored:
        return None
    moved = from_day + int(-math.log((g & 0xFFFFFFFF) / 4294967296 + 1e-9) * 1500) < today
    area = AREAS[((g >> 8) + moved * 7) % len(AREAS)]
    postcode = f"{area}{'ABDEFGHJLN'[(g >> 14) % 10]}{'PQRSTUWXYZ'[(g >> 18) % 10]}"
    status = STATUSES[(g >> 22) % len(STATUSES)]
    if status == "Active" and from_day + (g >> 40) % 4000 < today and (g >> 30) % 12 == 0:
        status = "Active - Proposal to Strike off"
    # Accounts are filed some 250 days after a year ends; statements some 10 days after.
    year_end = (born + (g >> 34) % 365) % 365
    made_up = (today - 200 - (g >> 36) % 80 - year_end) // 365 * 365 + year_end
    accounts = text(made_up) if made_up > born else ""
    accounts_due = text(made_up + 640 if made_up > born else born + 640)
    stated = (today - 10 - born) // 365 * 365 + born
    statement = text(stated) if stated > born else ""
    charges = (g >> 44) % 10 if (g >> 48) % 20 == 0 else 0
    if charges and from_day + (g >> 52) % 2000 < today:
        charges += 1
    satisfied = charges // 2
    number = number_of(index, seed)
    activity = ACTIVITIES[(h >> 8) % len(ACTIVITIES)]
    second = ACTIVITIES[(h >> 13) % 8] if h % 5 == 0 else ""
    return (
        f'"MADE UP {index} LTD","{number}","","","{index % 997} IMAGINARY STREET","","NOWHERE","",'
        f'"UNITED KINGDOM","{postcode}","{CATEGORIES[(h >> 18) % len(CATEGORIES)]}","{status}",'
        f'"United Kingdom","","{text(born)}","31","12","{accounts_due}","{accounts}",'
        f'"MICRO ENTITY","","","{charges}","{charges - satisfied}","0","{satisfied}","{activity}",'
        f'"{second}","","","0","0","http://business.data.gov.uk/id/company/{number}"' +
        ',"",""' * 10 + f',"{text(stated + 379)}","{statement}"\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--companies", type=int, default=1000, help="in the first file")
    parser.add_argument("--date", default="2024-11-01")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1_1")
    args = parser.parse_args()
    today = datetime.date.fromisoformat(args.date).toordinal()
    part, parts = (int(each) for each in args.part.split("_"))
    born_since = max(0, int((today - FIRST) * args.companies * BIRTHS_A_DAY))
    total = args.companies + born_since
    text = date_texts()
    write = sys.stdout.write
    write(HEADER + "\n")
    for index in range(total * (part - 1) // parts, total * part // parts):
        row = row_of(index, args.companies, args.seed, today, text)
        if row is not None:
            write(row)


if __name__ == "__main__":
    main()
