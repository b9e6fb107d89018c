# Farrington's flexible method by R's surveillance, as the refit in core_bench: the latest week of
# weekly series against its baseline; two runs for both tails. Prints the mean time per series,
# scaled to 5,000 series. Exits with 3 if the package is missing.
if (!suppressWarnings(suppressMessages(requireNamespace("surveillance", quietly = TRUE)))) quit(status = 3)
suppressMessages(library(surveillance))

all <- lapply(strsplit(readLines(commandArgs(TRUE)[1]), ","), as.numeric)
weeks <- length(all[[1]])
control <- list(range = weeks, b = 5, w = 3, noPeriods = 10, weightsThreshold = 2.58,
                pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = 0.01, thresholdMethod = "nbPlugin")
seconds <- system.time(for (y in all) {
  for (tail in 1:2) farringtonFlexible(sts(y, start = c(2000, 1), frequency = 52), control)
})[["elapsed"]]
cat(sprintf("r_surveillance_refit_5000_weekly_series_scaled %.6g s\n", seconds / length(all) * 5000))
