#include "bench/kernel_timing.h"

#include <algorithm>

namespace gfnet {

double KernelTiming::share() const {
  return seconds > 0 ? std::max(compute_floor_s, memory_floor_s) / seconds : 0;
}

namespace bench {
namespace {

/// The measured peak rate of one kind of arithmetic, in FLOP/s. If the rate of this kind could not
/// be measured, returns the peak rate of fp32.
double peak(kernels::Arithmetic arithmetic, const Ceilings& ceilings) {
  switch (arithmetic) {
    case kernels::Arithmetic::kFloat:
      break;
    case kernels::Arithmetic::kHalf:
      return ceilings.fp16_flops_per_second.value_or(ceilings.fp32_flops_per_second);
    case kernels::Arithmetic::kMatrix:
      return ceilings.matrix_flops_per_second.value_or(ceilings.fp32_flops_per_second);
  }
  return ceilings.fp32_flops_per_second;
}

std::string name_of(kernels::Arithmetic arithmetic) {
  switch (arithmetic) {
    case kernels::Arithmetic::kFloat:
      return "fp32";
    case kernels::Arithmetic::kHalf:
      return "fp16";
    case kernels::Arithmetic::kMatrix:
      return "matrix";
  }
  return "?";
}

}  // namespace

std::vector<KernelTiming> time_steps(const plan::Plan& plan, const std::vector<double>& seconds,
                                     const Ceilings& ceilings) {
  std::vector<KernelTiming> timings;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const plan::Step& step = plan.steps[i];
    KernelTiming timing;
    timing.name = step.name;
    timing.kernel = plan::kernel_of(step);
    timing.seconds = seconds[i];
    timing.flops = step.flops;
    timing.bytes = step.bytes;
    timing.arithmetic = name_of(step.arithmetic);
    timing.compute_floor_s = step.flops / peak(step.arithmetic, ceilings);
    timing.memory_floor_s = step.bytes / ceilings.copy_bytes_per_second;
    timings.push_back(std::move(timing));
  }
  return timings;
}

std::vector<KernelTiming> sum_by_kernel(const std::vector<KernelTiming>& steps) {
  std::vector<KernelTiming> sums;
  for (const KernelTiming& step : steps) {
    auto sum = std::ranges::find(sums, step.kernel, &KernelTiming::kernel);
    if (sum == sums.end()) {
      sums.push_back(step);
      sums.back().name = step.kernel;
      continue;
    }
    sum->steps += step.steps;
    sum->seconds += step.seconds;
    sum->flops += step.flops;
    sum->bytes += step.bytes;
    sum->compute_floor_s += step.compute_floor_s;
    sum->memory_floor_s += step.memory_floor_s;
  }
  std::ranges::stable_sort(sums, std::ranges::greater(), &KernelTiming::seconds);
  return sums;
}

}  // namespace bench
}  // namespace gfnet
