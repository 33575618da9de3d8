#include "kernels/linear_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "kernels/matrix_kernels.h"
#include "kernels/shader_variant.h"
#include "kernels/tiled_kernels.h"

namespace gfnet::kernels {
namespace {

/// With fewer rows than this, the kernels that keep no tiles in shared memory come first in the
/// list of candidates.
constexpr std::int64_t kFewRows = 16;

/// The part of the product y that one invocation of linear.comp computes: rows, and columns (two
/// vectors).
constexpr std::int64_t kPlainRows = 8;
constexpr std::int64_t kPlainColumns = 2 * kVector;

LinearKernel plain(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                   std::int64_t all_rows, const DeviceFacts& device, const Workgroup& workgroup) {
  // A tile taller than the matrix would compute the last row several times.
  LinearConstants constants{workgroup[0], workgroup[1],
                            static_cast<std::uint32_t>(std::min(kPlainRows, all_rows))};
  while (device.registers != 0 && constants.registers() > device.registers &&
         constants.tile_rows > 1) {
    constants.tile_rows /= 2;
  }
  LinearKernel kernel;
  kernel.name = fmt::format("linear {}×{}", workgroup[0], workgroup[1]);
  kernel.shader = shader_variant("linear", layer.in, layer.out);
  kernel.tile_rows = constants.tile_rows * workgroup[1];
  kernel.tile_columns = kPlainColumns * workgroup[0];
  constants.block_vectors = algorithm.block_columns / static_cast<std::uint32_t>(kVector);
  kernel.constants = constants;
  return kernel;
}

/// Estimated relative time of a product with `rows` rows in tiles of `tile` rows. The cost of a
/// tile is the number of its rows, rows past the end included, plus about five for loading the
/// weight (measured on lavapipe, see docs/experiments.md).
std::int64_t broadcast_cost(std::int64_t rows, std::int64_t tile) {
  return (rows + tile - 1) / tile * (tile + 5);
}

LinearKernel broadcast(const LinearLayer& layer, std::uint32_t lanes, std::int64_t tile_rows) {
  LinearKernel kernel;
  kernel.name = fmt::format("linear_broadcast {} rows", tile_rows);
  // The variant depends on y only: the texel buffers' format sets the types of x and the weight.
  kernel.shader = shader_variant("linear_broadcast", layer.out, layer.out);
  kernel.tile_rows = tile_rows;
  kernel.tile_columns = kVector * lanes;
  kernel.constants = LinearBroadcastConstants{lanes, static_cast<std::uint32_t>(tile_rows)};
  return kernel;
}

bool fits_texels(std::int64_t rows, std::int64_t columns, const DeviceFacts& device) {
  return static_cast<std::uint64_t>(rows * (columns / kVector)) <= device.max_texel_elements;
}

/// Columns in a block of the weight, as linear_broadcast.comp reads the weight. 0 if the shader
/// cannot run the layer on this device.
std::uint32_t broadcast_block(const LinearLayer& layer, const DeviceFacts& device) {
  const std::uint32_t lanes = device.broadcast_lanes();
  if (!device.software || lanes == 0) return 0;
  const std::uint32_t block = 4 * lanes;
  const bool fits =
      fits_texels(round_up(layer.inner, kVector), round_up(layer.outputs, block), device);
  return fits ? block : 0;
}

void add_broadcast(const LinearLayer& layer, std::int64_t rows, const DeviceFacts& device,
                   std::vector<LinearKernel>& kernels) {
  const std::uint32_t lanes = device.broadcast_lanes();
  std::vector<std::int64_t> heights;
  for (std::int64_t tile = 4; tile <= kTallestBroadcastTile; tile += 4) heights.push_back(tile);
  std::ranges::stable_sort(heights, {},
                           [&](std::int64_t tile) { return broadcast_cost(rows, tile); });
  if (rows < heights.front()) heights.insert(heights.begin(), rows);
  for (std::int64_t tile : heights) kernels.push_back(broadcast(layer, lanes, tile));
  erase_switched_off(kernels, device);
  // The estimate is good enough that the fastest height is among its best three.
  if (kernels.size() > 3) kernels.erase(kernels.begin() + 3, kernels.end());
}

/// Moves the kernels that fit the device's registers to the front. If none does, the kernel that
/// needs the fewest comes first.
void put_fitting_first(std::vector<LinearKernel>& kernels, const DeviceFacts& device) {
  const auto rest = std::ranges::stable_partition(
      kernels, [&](const LinearKernel& kernel) { return kernel.fits_registers(device); });
  if (rest.begin() == kernels.begin()) {
    std::ranges::stable_sort(kernels, {},
                             [&](const LinearKernel& kernel) { return kernel.registers(device); });
  }
}

bool runs_on_matrix_units(const LinearLayer& layer, const DeviceFacts& device) {
  return !device.software && layer.in == DType::kF16 && matrix_units_fit(layer, device);
}

std::vector<LinearKernel> software_kernels(const LinearLayer& layer,
                                           const LinearAlgorithm& algorithm, std::int64_t rows,
                                           const DeviceFacts& device) {
  std::vector<LinearKernel> kernels;
  if (algorithm.block_columns != 0 && fits_texels(rows, round_up(layer.inner, kVector), device)) {
    add_broadcast(layer, rows, device, kernels);
  }
  kernels.push_back(plain(layer, algorithm, rows, device, {device.software_width(), 1, 1}));
  return kernels;
}

std::vector<LinearKernel> gpu_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                      std::int64_t rows, const DeviceFacts& device) {
  if (runs_on_matrix_units(layer, device)) return matrix_kernels(layer, algorithm, rows, device);
  std::vector<LinearKernel> kernels = tiled_kernels(layer, rows, device);
  if (!kernels.empty() && kernels.front().arithmetic == Arithmetic::kHalf) return kernels;
  // Invocations along a row share x and read neighbouring weights. Several rows of invocations
  // share the weights through the cache.
  const bool wide = layer.outputs >= 128;
  const std::vector<LinearKernel> plains{
      plain(layer, algorithm, rows, device, wide ? Workgroup{16, 8, 1} : Workgroup{8, 8, 1}),
      plain(layer, algorithm, rows, device, wide ? Workgroup{32, 4, 1} : Workgroup{4, 16, 1})};
  // A product with few rows, such as the head's, leaves most of a tile empty.
  const bool few_rows = rows < kFewRows;
  kernels.insert(few_rows ? kernels.begin() : kernels.end(), plains.begin(), plains.end());
  return kernels;
}

}  // namespace

std::string LinearLayer::name() const {
  return fmt::format("{} {}×{}{}{}", shader_variant("linear", in, out), inner, outputs,
                     gelu ? " gelu" : "", addend ? " addend" : "");
}

Specialization LinearKernel::specialization(bool gelu, bool addend, bool in_place) const {
  return std::visit(
      [&](auto with_epilogue) {
        with_epilogue.gelu = gelu;
        with_epilogue.addend = addend;
        with_epilogue.in_place = in_place;
        return specialize(with_epilogue);
      },
      constants);
}

std::string LinearKernel::description() const {
  std::string text = shader;
  for (const std::uint32_t value : specialization(false, false, false).values()) {
    text += fmt::format(" {}", value);
  }
  return text;
}

std::uint32_t LinearKernel::registers(const DeviceFacts& device) const {
  return std::visit(
      [&](const auto& all) {
        if constexpr (requires { all.registers(device.packs_halves); }) {
          return all.registers(device.packs_halves);
        } else {
          return all.registers();
        }
      },
      constants);
}

bool LinearKernel::fits_registers(const DeviceFacts& device) const {
  if (device.registers == 0) return true;
  const auto* const matrix = std::get_if<LinearMatrixConstants>(&constants);
  const Workgroup workgroup =
      std::visit([](const auto& all) -> Workgroup { return all.workgroup(); }, constants);
  if (workgroup[0] * workgroup[1] * workgroup[2] > device.largest_register_workgroup()) {
    return false;
  }
  return registers(device) <=
         (matrix == nullptr ? device.registers : device.registers_at(matrix->subgroup_width()));
}

void erase_switched_off(std::vector<LinearKernel>& kernels, const DeviceFacts& device) {
  if (device.switched_off.empty()) return;
  std::erase_if(kernels, [&](const LinearKernel& kernel) {
    return device.switched_off.contains(
        kernel_name(kernel.shader, kernel.specialization(false, false, false)));
  });
}

std::vector<LinearAlgorithm> linear_algorithms(const LinearLayer& layer,
                                               const DeviceFacts& device) {
  if (runs_on_matrix_units(layer, device)) {
    std::vector<LinearAlgorithm> algorithms = matrix_algorithms();
    std::erase_if(algorithms, [&](const LinearAlgorithm& algorithm) {
      return matrix_kernels(layer, algorithm, 1, device).empty();
    });
    return algorithms;
  }
  const std::uint32_t block = broadcast_block(layer, device);
  if (block != 0) return {{fmt::format("blocks of {}", block), block}};
  return {{"row-major", 0}};
}

std::vector<LinearKernel> linear_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                         std::int64_t rows, const DeviceFacts& device) {
  std::vector<LinearKernel> kernels = device.software
                                          ? software_kernels(layer, algorithm, rows, device)
                                          : gpu_kernels(layer, algorithm, rows, device);
  erase_switched_off(kernels, device);
  put_fitting_first(kernels, device);
  return kernels;
}

std::string kernel_key(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                       std::int64_t rows, const DeviceFacts& device) {
  const bool exact = device.software || rows < kPlainRows;
  const auto many =
      exact ? static_cast<std::uint64_t>(rows) : std::bit_ceil(static_cast<std::uint64_t>(rows));
  return fmt::format("{}, {}, {} rows", layer.name(), algorithm.name, many);
}

}  // namespace gfnet::kernels
