#include "kernels/matrix_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "kernels/shader_variant.h"
#include "kernels/tile_order.h"

namespace gfnet::kernels {
namespace {

/// Number of halves that linear_matrix.comp reads or writes in one access.
constexpr std::int64_t kHalvesAtOnce = 8;
constexpr std::uint32_t kUsualWidth = 32;

/// The tile of a workgroup, counted in fragments, so that it suits matrix units of any shape. A
/// fragment is the matrix that a matrix unit computes in one operation.
struct MatrixTile {
  std::uint32_t subgroups;
  std::uint32_t fragments_down;
  std::uint32_t fragments_across;
  std::uint32_t subgroups_across;
  std::uint32_t buffers;
};

/// Tiles from large to small. If a fragment is 16×16, the tiles are: 128×128 by eight subgroups,
/// 128×128 by four, 64×64, 32×32.
constexpr MatrixTile kMatrixTiles[] = {
    {8, 4, 2, 4, 1}, {4, 4, 4, 2, 1}, {4, 2, 2, 2, 2}, {4, 1, 1, 2, 2}};

/// The constants of linear_matrix.comp for a tile, a matrix unit's shape, a subgroup width and a
/// weight layout.
LinearMatrixConstants constants_of(const MatrixTile& tile, const MatrixShape& shape,
                                   std::uint32_t width, bool transposed) {
  return {.local_size_x = width,
          .local_size_y = tile.subgroups,
          .rows = shape.rows,
          .columns = shape.columns,
          .inner = shape.inner,
          .fragments_down = tile.fragments_down,
          .fragments_across = tile.fragments_across,
          .subgroups_across = tile.subgroups_across,
          .fragments_deep = 2,
          .buffers = tile.buffers,
          .transposed = transposed};
}

bool fits(const LinearMatrixConstants& constants, const DeviceFacts& device) {
  return constants.local_size_x * constants.local_size_y <= device.max_workgroup_invocations &&
         constants.shared_bytes() <= device.max_shared_memory;
}

/// The largest matrix shape of the device that linear_matrix.comp can use. nullopt if there is
/// none.
std::optional<MatrixShape> shape_of(const DeviceFacts& device) {
  const auto volume = [](const MatrixShape& s) { return s.rows * s.columns * s.inner; };
  std::optional<MatrixShape> best;
  for (const MatrixShape& shape : device.matrix_shapes) {
    const bool usable = shape.columns % kHalvesAtOnce == 0 && shape.inner % kHalvesAtOnce == 0 &&
                        shape.rows * shape.columns % 4 == 0;
    if (usable && (!best || volume(shape) > volume(*best))) best = shape;
  }
  return best;
}

/// The device's subgroup widths, the most likely one first: 32 if available, since most GPUs feed
/// their matrix units from 32 lanes; then from wide to narrow.
std::vector<std::uint32_t> widths_of(const DeviceFacts& device) {
  std::vector<std::uint32_t> widths = device.subgroup_widths;
  std::ranges::sort(widths, std::ranges::greater());
  std::ranges::stable_partition(widths, [](std::uint32_t width) { return width == kUsualWidth; });
  return widths;
}

/// The tiles that fit the layer and the device with subgroups of this width, from large to small. A
/// tile is returned only if it fits with both weight layouts, so that the choice of the layout does
/// not decide whether a layer runs on the matrix units.
std::vector<MatrixTile> fitting_tiles(const LinearLayer& layer, const MatrixShape& shape,
                                      std::uint32_t width, const DeviceFacts& device) {
  if (round_up(layer.inner, kVector) % kHalvesAtOnce != 0 ||
      round_up(layer.outputs, kVector) % kHalvesAtOnce != 0) {
    return {};
  }
  std::vector<MatrixTile> tiles;
  for (const MatrixTile& tile : kMatrixTiles) {
    if (fits(constants_of(tile, shape, width, false), device) &&
        fits(constants_of(tile, shape, width, true), device)) {
      tiles.push_back(tile);
    }
  }
  return tiles;
}

LinearKernel kernel_of(const LinearMatrixConstants& constants, const LinearLayer& layer) {
  const TileSizes sizes = constants.sizes();
  LinearKernel kernel;
  kernel.name = fmt::format("linear_matrix {}×{} by {}", sizes.tile_rows, sizes.tile_columns,
                            constants.local_size_y);
  if (constants.local_size_x != kUsualWidth) {
    kernel.name += fmt::format(" of {}", constants.local_size_x);
  }
  // The shader's stem without a suffix reads and writes halves.
  kernel.shader = layer.out == DType::kF16 ? "linear_matrix"
                                           : shader_variant("linear_matrix", layer.in, layer.out);
  kernel.tile_rows = sizes.tile_rows;
  kernel.tile_columns = sizes.tile_columns;
  kernel.constants = constants;
  kernel.arithmetic = Arithmetic::kMatrix;
  return kernel;
}

bool is_transposed(const LinearAlgorithm& algorithm) { return algorithm.block_columns == 1; }

}  // namespace

bool matrix_units_fit(const LinearLayer& layer, const DeviceFacts& device) {
  const std::optional<MatrixShape> shape = shape_of(device);
  return shape && std::ranges::any_of(matrix_algorithms(), [&](const LinearAlgorithm& algorithm) {
           return !matrix_kernels(layer, algorithm, 1, device).empty();
         });
}

std::vector<LinearAlgorithm> matrix_algorithms() { return {{"transposed", 1}, {"row-major", 0}}; }

std::vector<LinearKernel> matrix_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                         std::int64_t rows, const DeviceFacts& device) {
  std::vector<LinearKernel> kernels;
  const std::optional<MatrixShape> shape = shape_of(device);
  if (!shape) return kernels;
  for (const std::uint32_t width : widths_of(device)) {
    std::vector<LinearKernel> of_width;
    for (const MatrixTile& tile : fitting_tiles(layer, *shape, width, device)) {
      of_width.push_back(
          kernel_of(constants_of(tile, *shape, width, is_transposed(algorithm)), layer));
    }
    erase_switched_off(of_width, device);
    order_tiles(of_width, rows, layer.outputs);
    kernels.insert(kernels.end(), of_width.begin(), of_width.end());
  }
  return kernels;
}

std::vector<LinearKernel> matrix_kernels_of_all_sizes(const LinearLayer& layer,
                                                      const LinearAlgorithm& algorithm,
                                                      const MatrixShape& shape,
                                                      std::uint32_t subgroup_width) {
  std::vector<LinearKernel> kernels;
  for (const MatrixTile& tile : kMatrixTiles) {
    kernels.push_back(
        kernel_of(constants_of(tile, shape, subgroup_width, is_transposed(algorithm)), layer));
  }
  return kernels;
}

}  // namespace gfnet::kernels
