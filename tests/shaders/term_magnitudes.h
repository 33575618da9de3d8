#pragma once

#include <cmath>
#include <vector>

#include "reference/operations.h"

namespace gfnet::test {

/// For each element of x·weight + bias, at least the sum of the magnitudes of its terms,
/// Σ|x||weight| + |bias|. x: [rows, K]. weight: [K, outputs]. bias: [outputs]. A rounding in the
/// element's sum is at most the unit roundoff times this.
inline std::vector<double> term_magnitudes(std::vector<double> x, std::vector<double> weight,
                                           const std::vector<double>& bias) {
  for (double& v : x) v = std::abs(v);
  for (double& v : weight) v = std::abs(v);
  std::vector<double> sums = reference::linear(x, weight, bias, false, {});
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += 2 * std::abs(bias[i % bias.size()]);
  return sums;
}

}  // namespace gfnet::test
