#pragma once

#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "selfcheck/problem.h"

namespace gfnet::selfcheck {

/// One kernel or algorithm that can compute a problem, and the plan that uses it.
struct Candidate {
  /// Its name in verdicts (kernels/switched_off.h).
  std::string name;
  /// For people: "linear_tiled_f16 128×128", "vkfft 14×14".
  std::string label;
  kernels::Arithmetic arithmetic = kernels::Arithmetic::kFloat;
  plan::Plan plan = {};
};

/// All candidates for the problem's node on a device, in the order of the rule. Throws what
/// plan::make_plan throws.
std::vector<Candidate> candidates_of(const Problem& problem, const kernels::DeviceFacts& device);

/// The names in verdicts of all kernels and algorithms that a plan and the preprocessing of its
/// images use. graph: what was planned.
std::set<std::string> names_in(const graph::Graph& graph, const plan::Plan& plan);

/// The names in verdicts of the shaders that turn images into a network's input: of images in bytes
/// and in words, and of uploads that are copied first.
inline constexpr const char* kPreprocessingNames[] = {"resize of bytes", "resize of words",
                                                      "resize of copied bytes"};
inline std::set<std::string> preprocessing_names() {
  return {std::begin(kPreprocessingNames), std::end(kPreprocessingNames)};
}

/// The name in verdicts of the small flat network, or the small pyramid, that a check runs end to
/// end in a precision.
inline std::string network_name(bool is_flat, DType storage) {
  return std::string(is_flat ? "flat" : "pyramid") + " network " +
         (storage == DType::kF16 ? "fp16" : "fp32");
}
inline std::set<std::string> network_names(DType storage) {
  return {network_name(true, storage), network_name(false, storage)};
}

}  // namespace gfnet::selfcheck
