#include "kernels/matrix_kernels.h"

#include <algorithm>
#include <optional>
#include <string>

#include "kernels/shader_variant.h"
#include "kernels/tile_order.h"

namespace gfnet::kernels {
namespace {

/// Halves that linear_matrix.comp reads or writes at once.
constexpr std::int64_t kHalves = 8;
constexpr std::uint32_t kUsualWidth = 32;

/// Specialisation constants of linear_matrix.comp, without the matrix unit's shape. A fragment is
/// the matrix that the unit computes in one operation.
struct MatrixTile {
  std::uint32_t subgroups;
  std::uint32_t fragments_down;
  std::uint32_t fragments_across;
  std::uint32_t subgroups_across;
  std::uint32_t buffers;
};
constexpr std::uint32_t kFragmentsDeep = 2;

/// Tiles from large to small. With fragments of 16×16 they are: 128×128 by eight subgroups, 128×128
/// by four, 64×64, 32×32.
constexpr MatrixTile kMatrixTiles[] = {
    {8, 4, 2, 4, 1}, {4, 4, 4, 2, 1}, {4, 2, 2, 2, 2}, {4, 1, 1, 2, 2}};

/// A tile with a matrix unit's shape and a subgroup width.
struct Fit {
  MatrixTile tile;
  MatrixShape shape;
  std::uint32_t width = 0;

  std::int64_t rows() const {
    return tile.subgroups / tile.subgroups_across * tile.fragments_down * shape.rows;
  }
  std::int64_t columns() const {
    return tile.subgroups_across * tile.fragments_across * shape.columns;
  }
  /// Bytes of shared memory that the shader uses, for the weight layout (row-major or transposed)
  /// that needs more.
  std::uint64_t shared_bytes() const {
    constexpr std::int64_t kVectorBytes = 16;
    const std::int64_t depth = kFragmentsDeep * shape.inner;
    const std::int64_t row_major = depth * (columns() / kHalves + 1);
    const std::int64_t transposed = columns() * (depth / kHalves + 1);
    const std::int64_t tiles =
        tile.buffers * (rows() * (depth / kHalves + 1) + std::max(row_major, transposed));
    const std::int64_t staging =
        tile.subgroups * shape.rows * (tile.fragments_across * shape.columns / 4 + 1);
    return static_cast<std::uint64_t>(std::max(tiles, staging) * kVectorBytes);
  }
  bool fits(const DeviceFacts& device) const {
    return width * tile.subgroups <= device.max_workgroup_invocations &&
           shared_bytes() <= device.max_shared_memory;
  }
};

/// The largest matrix shape of the device that linear_matrix.comp can use. nullopt if there is
/// none.
std::optional<MatrixShape> shape_of(const DeviceFacts& device) {
  const auto volume = [](const MatrixShape& s) { return s.rows * s.columns * s.inner; };
  std::optional<MatrixShape> best;
  for (const MatrixShape& shape : device.matrix_shapes) {
    const bool usable = shape.columns % kHalves == 0 && shape.inner % kHalves == 0 &&
                        shape.rows * shape.columns % 4 == 0;
    if (usable && (!best || volume(shape) > volume(*best))) best = shape;
  }
  return best;
}

/// The device's subgroup widths, the most likely one first: 32 if available, since most GPUs feed
/// their matrix units from 32 lanes; else the largest.
std::vector<std::uint32_t> widths_of(const DeviceFacts& device) {
  std::vector<std::uint32_t> widths = device.subgroup_widths;
  const auto usual = std::ranges::find(widths, kUsualWidth);
  const auto first = usual != widths.end() || widths.empty() ? usual : widths.end() - 1;
  std::rotate(widths.begin(), first, widths.end());
  return widths;
}

/// The tiles that fit the layer and the device with subgroups of this width, from large to small.
std::vector<Fit> fits(const LinearLayer& layer, std::uint32_t width, const DeviceFacts& device) {
  const std::optional<MatrixShape> shape = shape_of(device);
  std::vector<Fit> fits;
  if (!shape || round_up(layer.inner, kVector) % kHalves != 0 ||
      round_up(layer.outputs, kVector) % kHalves != 0) {
    return fits;
  }
  for (const MatrixTile& tile : kMatrixTiles) {
    const Fit fit{tile, *shape, width};
    if (fit.fits(device)) fits.push_back(fit);
  }
  return fits;
}

LinearKernel kernel_of(const Fit& fit, const LinearLayer& layer, const LinearAlgorithm& algorithm) {
  LinearKernel kernel;
  kernel.name = "linear_matrix " + std::to_string(fit.rows()) + "×" +
                std::to_string(fit.columns()) + " by " + std::to_string(fit.tile.subgroups);
  if (fit.width != kUsualWidth) kernel.name += " of " + std::to_string(fit.width);
  // The shader's stem without a suffix reads and writes halves.
  kernel.shader = layer.out == DType::kF16 ? "linear_matrix"
                                           : shader_variant("linear_matrix", layer.in, layer.out);
  kernel.workgroup = {fit.width, fit.tile.subgroups, 1};
  kernel.tile_rows = fit.rows();
  kernel.tile_columns = fit.columns();
  const bool transposed = algorithm.block_columns == 1;
  kernel.tile = {fit.shape.rows,          fit.shape.columns,         fit.shape.inner,
                 fit.tile.fragments_down, fit.tile.fragments_across, fit.tile.subgroups_across,
                 kFragmentsDeep,          fit.tile.buffers,          transposed ? 1u : 0u};
  kernel.arithmetic = Arithmetic::kMatrix;
  return kernel;
}

}  // namespace

bool matrix_units_fit(const LinearLayer& layer, const DeviceFacts& device) {
  return std::ranges::any_of(
      widths_of(device), [&](std::uint32_t width) { return !fits(layer, width, device).empty(); });
}

std::vector<LinearAlgorithm> matrix_algorithms() { return {{"transposed", 1}, {"row-major", 0}}; }

std::vector<LinearKernel> matrix_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                         std::int64_t rows, const DeviceFacts& device) {
  std::vector<LinearKernel> kernels;
  for (const std::uint32_t width : widths_of(device)) {
    std::vector<LinearKernel> of_width;
    for (const Fit& fit : fits(layer, width, device)) {
      of_width.push_back(kernel_of(fit, layer, algorithm));
    }
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
    kernels.push_back(kernel_of({tile, shape, subgroup_width}, layer, algorithm));
  }
  return kernels;
}

}  // namespace gfnet::kernels
