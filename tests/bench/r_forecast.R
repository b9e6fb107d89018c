# Theta and Comb by R's forecast, as in forecast_bench: weekly series, one year ahead, intervals of
# 80 and 95 %. Prints the mean time per series, scaled to 5,000 series. Exits with 3 if the package
# is missing.
if (!suppressWarnings(suppressMessages(requireNamespace("forecast", quietly = TRUE)))) quit(status = 3)
suppressMessages(library(forecast))

year <- 52
levels <- c(80, 95)
all <- lapply(strsplit(readLines(commandArgs(TRUE)[1]), ","), function(y) ts(as.numeric(y), frequency = year))

# The mean of three smoothings of the series without its season, and of their intervals.
comb <- function(y) {
  parts <- decompose(y, "multiplicative")
  adjusted <- y / parts$seasonal
  after <- parts$figure[(length(y) + seq_len(year) - 1) %% year + 1]
  made <- list(ses(adjusted, h = year, level = levels), holt(adjusted, h = year, level = levels),
               holt(adjusted, h = year, level = levels, damped = TRUE))
  of <- function(what) Reduce(`+`, lapply(made, function(f) f[[what]])) / 3 * after
  list(mean = of("mean"), lower = of("lower"), upper = of("upper"))
}

scaled <- function(name, work) {
  seconds <- system.time(for (y in all) work(y))[["elapsed"]]
  cat(sprintf("%s %.6g s\n", name, seconds / length(all) * 5000))
}
scaled("r_forecast_theta_5000_weekly_series_scaled", function(y) thetaf(y, h = year, level = levels))
scaled("r_forecast_comb_5000_weekly_series_scaled", comb)
