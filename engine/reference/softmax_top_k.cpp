#include <algorithm>
#include <cmath>
#include <numeric>

#include "reference/operations.h"

namespace gfnet::reference {

Values softmax_top_k(Input logits, std::int64_t k) {
  if (logits.size() == 1) return {0.0, 1 / (1 + std::exp(-logits[0]))};
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  const double largest = logits[order.front()];
  double sum = 0;
  for (double logit : logits) sum += std::exp(logit - largest);
  Values result;
  for (std::size_t i = 0; i < static_cast<std::size_t>(k); ++i) {
    result.push_back(static_cast<double>(order[i]));
    result.push_back(std::exp(logits[order[i]] - largest) / sum);
  }
  return result;
}

}  // namespace gfnet::reference
