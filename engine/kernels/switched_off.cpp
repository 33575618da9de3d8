#include "kernels/switched_off.h"

#include <fmt/format.h>

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::kernels {
namespace {

/// The constants that say what follows a matrix product, and in which order its rows are stored.
constexpr std::string_view kAround[] = {"kGelu", "kAddend", "kInPlace", "kRowBlocksX",
                                        "kRowBlocksY"};

/// Starts of the names of shaders that algorithms of several kernels use, and nothing else does:
/// engine/plan/lower_spectral.cpp and lower_spectral_lines.cpp give these names to their steps. If
/// one is missing here, it counts as a kernel without a problem, which
/// tests/selfcheck/problem_list_test.cpp notices.
constexpr std::string_view kParts[] = {"filter_multiply", "spectral_line", "spectral_bins"};

}  // namespace

std::string kernel_name(std::string_view shader, const Specialization& specialization) {
  std::string name(shader);
  for (const SpecializationConstant& constant : specialization.constants) {
    if (std::ranges::find(kAround, constant.name) != std::end(kAround)) continue;
    name += fmt::format(" {}", constant.value);
  }
  return name;
}

std::string algorithm_name(graph::SpectralForm form, const graph::Extent& grid) {
  return fmt::format("{} {}×{}", name_of(form), grid.height, grid.width);
}

bool is_part_of_algorithm(std::string_view shader) {
  return std::ranges::any_of(kParts,
                             [&](std::string_view part) { return shader.starts_with(part); });
}

void refuse_switched_off(const std::string& what, const std::string& device) {
  throw UnsupportedError(
      fmt::format("'{}', which this driver computes wrongly (see gfnet check)", what), device);
}

}  // namespace gfnet::kernels
