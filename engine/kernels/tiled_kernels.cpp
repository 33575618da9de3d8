#include "kernels/tiled_kernels.h"

#include <string>

#include "kernels/shader_variant.h"
#include "kernels/tile_order.h"

namespace gfnet::kernels {
namespace {

/// Specialisation constants of linear_tiled.comp.
struct Tile {
  std::uint32_t width;
  std::uint32_t height;
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t depth;
  std::uint32_t buffers;

  std::int64_t tile_rows() const { return rows * height; }
  std::int64_t tile_columns() const { return kVector * columns * width; }
  /// Bytes of shared memory that the shader uses. It pads the rows of x by one vector.
  std::uint64_t shared_bytes() const {
    constexpr std::uint64_t kVectorBytes = 16;
    const std::int64_t vectors = tile_rows() * (depth + 1) + tile_columns() * depth;
    return buffers * static_cast<std::uint64_t>(vectors) * kVectorBytes;
  }
  bool fits(const DeviceFacts& device) const {
    return width * height <= device.max_workgroup_invocations &&
           shared_bytes() <= device.max_shared_memory;
  }
};

/// From large to small: 128×128, 64×128, 64×64, 32×64, 32×32 elements of y. The last two fit every
/// Vulkan device.
constexpr Tile kTiles[] = {
    {16, 16, 8, 2, 4, 1}, {16, 8, 8, 2, 4, 1}, {16, 16, 4, 1, 4, 2},
    {16, 8, 4, 1, 4, 1},  {8, 8, 4, 1, 4, 2},
};

/// Number of vectors in a chunk along the inner axis. Packed arithmetic sums a chunk in halves,
/// then adds it to a float. A chunk is one vector, because longer chunks round more often and gain
/// little.
constexpr std::uint32_t kChunk = 1;

LinearKernel kernel_of(const Tile& tile, const LinearLayer& layer, bool packed) {
  const std::string stem = packed ? "linear_packed" : "linear_tiled";
  LinearKernel kernel;
  kernel.shader = shader_variant(stem, layer.in, layer.out);
  if (packed) {
    kernel.tail = {kChunk};
    kernel.arithmetic = Arithmetic::kHalf;
  }
  kernel.name =
      stem + " " + std::to_string(tile.tile_rows()) + "×" + std::to_string(tile.tile_columns());
  kernel.workgroup = {tile.width, tile.height, 1};
  kernel.tile_rows = tile.tile_rows();
  kernel.tile_columns = tile.tile_columns();
  kernel.tile = {tile.rows, tile.columns, tile.depth, tile.buffers};
  return kernel;
}

}  // namespace

std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device) {
  const bool packed = layer.in == DType::kF16 && device.half_arithmetic;
  std::vector<LinearKernel> kernels;
  for (const Tile& tile : kTiles) {
    if (tile.fits(device)) kernels.push_back(kernel_of(tile, layer, packed));
  }
  order_tiles(kernels, rows, layer.outputs);
  return kernels;
}

std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed) {
  std::vector<LinearKernel> kernels;
  for (const Tile& tile : kTiles) kernels.push_back(kernel_of(tile, layer, packed));
  return kernels;
}

}  // namespace gfnet::kernels
