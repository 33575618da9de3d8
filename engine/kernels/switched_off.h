#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/specialization.h"
#include "graph/operation.h"

namespace gfnet::kernels {

/// The name of a kernel in verdicts: its shader and the values of its specialisation constants,
/// without those that say what follows a matrix product and in which order its rows are stored.
/// "linear_tiled_f16 16 16 8 2 4 1".
std::string kernel_name(std::string_view shader, const Specialization& specialization);

/// The name in verdicts of an algorithm that runs several kernels on a grid: "vkfft 14×14".
std::string algorithm_name(graph::SpectralForm form, const graph::Extent& grid);

/// Whether a shader is part of an algorithm that has a name of its own in verdicts: the product
/// between VkFFT's transforms, and the stages of the transform by lines.
bool is_part_of_algorithm(std::string_view shader);

/// The kernels and algorithms that a device must not use, by the names above: the check
/// (engine/selfcheck) has found that its driver computes them wrongly, crashes or hangs. Lists of
/// candidates leave them out.
using SwitchedOff = std::set<std::string, std::less<>>;

/// Throws UnsupportedError: what is switched off, and nothing takes its place. what: the kernel,
/// the algorithm, or the choice among them. device: the device's name.
[[noreturn]] void refuse_switched_off(const std::string& what, const std::string& device);

}  // namespace gfnet::kernels
