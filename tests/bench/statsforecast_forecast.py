"""Theta, its automatic choice, the parts of Comb and the seasonal naive method by statsforecast, as
in forecast_bench: weekly series, one year ahead, intervals of 80 and 95 %. Prints the time per
series, scaled to 5,000 series, on one core. The first call of each method is not counted, because
it loads (and in some versions compiles) code. Exits with 3 if the package is missing."""
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

try:
    import numpy as np
    from statsforecast import models
    from statsmodels.tsa.seasonal import seasonal_decompose
except ImportError:
    sys.exit(3)

warnings.filterwarnings("ignore")
YEAR = 52
LEVELS = [80, 95]
with open(sys.argv[1]) as lines:
    ALL = [np.array(line.split(","), dtype=float) for line in lines]


def with_intervals(model, y):
    return model.forecast(y=y, h=YEAR, level=LEVELS)


def comb(y):
    """The mean of three smoothings of the series without its season, and of their intervals."""
    season = seasonal_decompose(y, model="multiplicative", period=YEAR).seasonal
    made = [
        with_intervals(models.AutoETS(season_length=1, model=model, damped=damped), y / season)
        for model, damped in (("ANN", False), ("AAN", False), ("AAN", True))
    ]
    after = season[len(y) % YEAR :][:YEAR]
    return {name: sum(m[name] for m in made) / len(made) * after for name in made[0]}


def scaled(name, work):
    work(ALL[0])
    begin = time.perf_counter()
    for y in ALL:
        work(y)
    seconds = (time.perf_counter() - begin) / len(ALL)
    print(f"statsforecast_{name}_5000_weekly_series_scaled {5000 * seconds:.6g} s", flush=True)


scaled("theta", lambda y: with_intervals(models.Theta(season_length=YEAR), y))
scaled("auto_theta", lambda y: with_intervals(models.AutoTheta(season_length=YEAR), y))
scaled("comb", comb)
scaled("seasonal_naive", lambda y: with_intervals(models.SeasonalNaive(season_length=YEAR), y))
