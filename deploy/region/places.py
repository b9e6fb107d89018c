"""The places of the made-up region: the neighbourhoods of a folder of reference files, each with
its decile and with postcodes that do not exist. No postcode area is called WM."""
import csv
import os

POSTCODES_A_PLACE = 3
# The letters that end a postcode; C, I, K, M, O and V are not among them.
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
OUTWARD = "WM"
POSTCODES_A_DISTRICT = 10 * len(LETTERS) * len(LETTERS)
PLACE_SCATTER = 0.7  # of the logarithm of a neighbourhood's businesses a resident
UNKNOWN_RESIDENTS = 1700  # of a neighbourhood whose residents are not known, the usual number


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def postcode(index):
    """The made-up postcode with this number, from 0 on: "WM1 0AA"."""
    district, rest = divmod(index, POSTCODES_A_DISTRICT)
    digit, rest = divmod(rest, len(LETTERS) * len(LETTERS))
    first, second = divmod(rest, len(LETTERS))
    return f"{OUTWARD}{district + 1} {digit}{LETTERS[first]}{LETTERS[second]}"


def district_of(folder):
    """The district of each neighbourhood."""
    parents = {row["code"]: (row["level"], row["parent"]) for row in read(folder, "areas.csv")}
    return {code: parents[parent][1] for code, (level, parent) in parents.items()
            if level == "lsoa"}


class Places:
    """codes, deciles, weights (of a business being there) and postcodes, by number of the place."""

    def __init__(self, folder, random):
        rows = read(folder, "deprivation.csv")
        self.codes = [row["code"] for row in rows]
        self.deciles = [int(row["decile"]) for row in rows]
        # Businesses are where people live, but some places have several times as many as others.
        self.weights = [(int(row["population"]) or UNKNOWN_RESIDENTS) *
                        random.lognormvariate(0, PLACE_SCATTER) for row in rows]
        self.postcodes = [[postcode(at * POSTCODES_A_PLACE + i) for i in range(POSTCODES_A_PLACE)]
                          for at in range(len(rows))]

    def write_postcodes(self, path, area_of=lambda code: code):
        """`area_of`: the leaf area of a neighbourhood."""
        with open(path, "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("postcode", "area"))
            for code, postcodes in zip(self.codes, self.postcodes):
                table.writerows((each, area_of(code)) for each in postcodes)
