#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace gfnet::test {

/// Checks |actual − expected| ≤ bound for every element, and reports the worst element. NaN and
/// infinity in `actual` fail.
/// bound(i): the largest error that the arithmetic of element i allows.
template <typename Bound>
void check_close(std::span<const float> actual, std::span<const double> expected, Bound bound) {
  REQUIRE(actual.size() == expected.size());
  std::size_t worst = 0;
  double worst_ratio = -1;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(static_cast<double>(actual[i]) - expected[i]);
    const double limit = bound(i);
    REQUIRE(limit > 0);
    const double ratio = std::isfinite(error) ? error / limit : INFINITY;
    if (ratio > worst_ratio) {
      worst_ratio = ratio;
      worst = i;
    }
  }
  if (actual.empty()) return;
  INFO("worst element " << worst << ": expected " << expected[worst] << ", actual " << actual[worst]
                        << ", bound " << bound(worst));
  CHECK(worst_ratio <= 1.0);
}

/// The same with a bound for each element.
inline void check_close(std::span<const float> actual, std::span<const double> expected,
                        const std::vector<double>& bounds) {
  REQUIRE(bounds.size() == expected.size());
  check_close(actual, expected, [&](std::size_t i) { return bounds[i]; });
}

/// ‖actual − expected‖₂ / ‖expected‖₂.
inline double relative_error(std::span<const float> actual, std::span<const double> expected) {
  REQUIRE(actual.size() == expected.size());
  double difference = 0;
  double norm = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  return std::sqrt(difference / norm);
}

}  // namespace gfnet::test
