#include "runtime/slices.h"

#include <numeric>

namespace gfnet::runtime {

std::vector<std::size_t> single_steps(const plan::Plan& plan) {
  std::vector<std::size_t> ends(plan.steps.size());
  std::iota(ends.begin(), ends.end(), std::size_t{1});
  return ends;
}

std::vector<std::size_t> group_steps(std::span<const double> seconds, double limit_s) {
  std::vector<std::size_t> ends;
  double sum = 0;
  for (std::size_t step = 0; step < seconds.size(); ++step) {
    if (step > 0 && sum + seconds[step] > limit_s) {
      ends.push_back(step);
      sum = 0;
    }
    sum += seconds[step];
  }
  if (!seconds.empty()) ends.push_back(seconds.size());
  return ends;
}

}  // namespace gfnet::runtime
