"""What the businesses of the made-up region do: shares of the births, in thousandths, by division
of SIC 2007, rounded from a sample of a thousand births in the United Kingdom; with one activity of
each division, and the word by which the growth hub's list calls it."""

# code, title, share, word of the growth hub
ACTIVITIES = (
    ("47910", "Retail sale via mail order houses or via Internet", 121, "Retail"),
    ("68209", "Other letting and operating of own or leased real estate", 85, ""),
    ("43210", "Electrical installation", 68, "Building"),
    ("96020", "Hairdressing and other beauty treatment", 62, ""),
    ("56101", "Licensed restaurants", 59, "Food and drink"),
    ("41202", "Construction of domestic buildings", 46, "Building"),
    ("70229", "Management consultancy activities", 45, ""),
    ("62012", "Business and domestic software development", 42, "IT"),
    ("82990", "Other business support service activities", 39, ""),
    ("46900", "Non-specialised wholesale trade", 31, ""),
    ("49410", "Freight transport by road", 29, ""),
    ("74909", "Other professional, scientific and technical activities", 27, ""),
    ("86900", "Other human health activities", 27, ""),
    ("64209", "Activities of other holding companies", 24, ""),
    ("85590", "Other education", 21, ""),
    ("71122", "Engineering related scientific and technical consulting", 18, ""),
    ("59111", "Motion picture production activities", 17, ""),
    ("45200", "Maintenance and repair of motor vehicles", 16, ""),
    ("93199", "Other sports activities", 14, ""),
    ("81210", "General cleaning of buildings", 13, ""),
    ("99999", "Dormant company", 13, ""),
    ("90030", "Artistic creation", 11, ""),
    ("87900", "Other residential care activities", 11, ""),
    ("78200", "Temporary employment agency activities", 10, ""),
    ("42990", "Construction of other civil engineering projects", 10, "Building"),
    ("69201", "Accounting and auditing activities", 9, ""),
    ("73110", "Advertising agencies", 9, ""),
    ("33140", "Repair of electrical equipment", 9, ""),
    ("25110", "Manufacture of metal structures and parts of structures", 9, "Manufacturing"),
    ("10890", "Manufacture of other food products", 8, "Manufacturing"),
    ("52290", "Other transportation support activities", 8, ""),
    ("66220", "Activities of insurance agents and brokers", 7, ""),
    ("55100", "Hotels and similar accommodation", 7, ""),
    ("77110", "Renting and leasing of cars and light motor vehicles", 6, ""),
    ("32990", "Other manufacturing", 6, "Manufacturing"),
    ("88990", "Other social work activities", 6, ""),
    ("80100", "Private security activities", 5, ""),
    ("53202", "Unlicensed carriers", 5, ""),
    ("01500", "Mixed farming", 4, ""),
    ("95110", "Repair of computers", 4, ""),
    ("31090", "Manufacture of other furniture", 4, "Manufacturing"),
    ("58190", "Other publishing activities", 4, ""),
    ("14190", "Manufacture of other wearing apparel", 3, "Manufacturing"),
    ("38110", "Collection of non-hazardous waste", 3, ""),
)
CODES = [code for code, _, _, _ in ACTIVITIES]
TITLES = [f"{code} - {title}" for code, title, _, _ in ACTIVITIES]
SHARES = [share for _, _, share, _ in ACTIVITIES]
WORDS = [word for _, _, _, word in ACTIVITIES]

# The sections in which a fall can be planted, those with 100 births a month or more, with their
# divisions.
SECTIONS = {"F": ("41", "42", "43"), "G": ("45", "46", "47"), "I": ("55", "56"),
            "M": ("69", "70", "71", "73", "74"), "N": ("77", "78", "80", "81", "82")}
NAMES = {"F": "Construction", "G": "Wholesale and retail trade", "I": "Accommodation and food",
         "M": "Professional services", "N": "Business support services"}


def of_section(section):
    """The numbers of the activities of a section."""
    return {at for at, code in enumerate(CODES) if code[:2] in SECTIONS[section]}
