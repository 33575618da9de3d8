#include "kernels/switched_off.h"

#include <algorithm>

namespace gfnet::kernels {
namespace {

/// The constants that say what follows a matrix product.
constexpr std::string_view kEpilogue[] = {"kGelu", "kAddend", "kInPlace"};

}  // namespace

std::string kernel_name(std::string_view shader, const Specialization& specialization) {
  std::string name(shader);
  for (const SpecializationConstant& constant : specialization.constants) {
    if (std::ranges::find(kEpilogue, constant.name) != std::end(kEpilogue)) continue;
    name += ' ' + std::to_string(constant.value);
  }
  return name;
}

std::string algorithm_name(graph::SpectralForm form, const graph::Extent& grid) {
  return std::string(name_of(form)) + " " + std::to_string(grid.height) + "×" +
         std::to_string(grid.width);
}

}  // namespace gfnet::kernels
