#include "core/forecast/theta.h"

#include <cmath>

#include "core/forecast/exponential_smoothing.h"
#include "core/forecast/forecast.h"
#include "unit/core/forecast/reference_data.h"

namespace bellwether::forecast {
namespace {

class ThetaAgainstR : public ::testing::TestWithParam<const char*> {};

// R's estimate of α is within its optimiser's tolerance: 1e-3 relative.
TEST_P(ThetaAgainstR, ThetafGivesTheSameForecasts) {
  std::string const series = GetParam();
  std::vector<double> const y = input(series);
  Options options;
  options.method = Method::kThetaR;
  Forecast const f = forecast(y, kMonths, kReferenceHorizon, options);
  ASSERT_EQ(f.why, NotAssessed::kNone);
  EXPECT_LT(relative_difference(f.mean, reference(series, "thetaf")), 1e-3);
  // With the line θ = 2, as in the paper, the forecasts hardly differ.
  options.method = Method::kTheta;
  Forecast const paper = forecast(y, kMonths, kReferenceHorizon, options);
  EXPECT_LT(relative_difference(paper.mean, reference(series, "thetaf")), 1e-2);
}

TEST_P(ThetaAgainstR, EstimatesAgree) {
  std::string const series = GetParam();
  std::vector<double> y = input(series);
  Season const season = classical_season(y, kMonths, Combine::kMultiply);
  season.remove(y);
  Theta const theta = fit_theta(y, ThetaEstimation::kSeries);
  EXPECT_NEAR(theta.alpha, parameter(series, "thetaf", "alpha"), 5e-3);
  double const drift = parameter(series, "thetaf", "drift");
  EXPECT_NEAR(theta.slope / 2, drift, 1e-6 * std::abs(drift));
}

INSTANTIATE_TEST_SUITE_P(R, ThetaAgainstR, ::testing::ValuesIn(kReferenceSeries));

// Hyndman & Billah (2003, equation 6): SES plus b/2 (h − 1 + (1 − (1−α)ⁿ)/α).
TEST(ThetaTest, IsSmoothingWithHalfTheSlopeAsDrift) {
  std::vector<double> const y = input("USAccDeaths");
  Theta const theta = fit_theta(y, ThetaEstimation::kSeries);
  Path const path = theta_path(y, theta);
  Path const ses = smooth(y, fit_smoothing(y, Trend::kNone));
  size_t const last = y.size() - 1;
  double const n = static_cast<double>(y.size());
  for (int h = 1; h <= 12; ++h) {
    double const drift =
        theta.slope / 2 * (h - 1 + (1 - std::pow(1 - theta.alpha, n)) / theta.alpha);
    double forecast = 0;
    path.forecast(last, h, std::span(&forecast, 1));
    EXPECT_NEAR(forecast, ses.level[last] + drift, 1e-6);
  }
}

TEST(ThetaTest, AnEarlyOriginIgnoresTheLaterTrend) {
  std::vector<double> y;
  for (int t = 0; t < 60; ++t) y.push_back(t < 30 ? 100 : 100 + 10 * (t - 30));
  Path const path = theta_path(y, fit_theta(y, ThetaEstimation::kThetaLine));
  EXPECT_NEAR(path.trend[25], 0, 1e-9);
  EXPECT_GT(path.trend[59], 2);
}

}  // namespace
}  // namespace bellwether::forecast
