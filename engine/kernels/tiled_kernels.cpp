#include "kernels/tiled_kernels.h"

#include <fmt/format.h>

#include <string>

#include "kernels/shader_variant.h"
#include "kernels/tile_order.h"

namespace gfnet::kernels {
namespace {

constexpr std::uint32_t kUnlimited = ~0U;

/// A tile, and the devices that it is a candidate for: those with at most so many registers
/// (DeviceFacts::registers), in workgroups of at most so many invocations (registers_workgroup). A
/// device with more runs a larger tile faster.
struct Tile {
  LinearTiledConstants constants;
  std::uint32_t most_registers = kUnlimited;
  std::uint32_t most_invocations = kUnlimited;

  bool suits(const DeviceFacts& device) const {
    const auto at_most = [](std::uint32_t value, std::uint32_t most) {
      return most == kUnlimited || (value != 0 && value <= most);
    };
    return at_most(device.registers, most_registers) &&
           at_most(device.registers_workgroup, most_invocations);
  }
};

/// From large to small: 128×128, 64×128, 64×64 (two tiles), 32×64, 32×32, 16×32, 8×32, 4×32
/// elements of y. The last five tiles fit the workgroup and the shared memory of every Vulkan
/// device.
constexpr Tile kTiles[] = {
    {{16, 16, 8, 2, 4, 1}},   {{16, 8, 8, 2, 4, 1}},    {{16, 8, 8, 1, 4, 1}, 125},
    {{16, 16, 4, 1, 4, 2}},   {{16, 8, 4, 1, 4, 1}},    {{8, 8, 4, 1, 4, 2}},
    {{8, 8, 2, 1, 4, 2}, 61}, {{8, 8, 1, 1, 1, 1}, 49}, {{8, 4, 1, 1, 1, 1}, 49, 32},
};

/// Whether the tile fits the device. Computes with factors in f32; packed factors (f16) would need
/// half of that shared memory.
bool fits(const LinearTiledConstants& tile, const DeviceFacts& device) {
  return tile.local_size_x * tile.local_size_y <= device.max_workgroup_invocations &&
         tile.shared_bytes() <= device.max_shared_memory;
}

/// Number of vectors in a chunk along the inner axis. Packed arithmetic sums the products of a
/// chunk in halves, then adds that sum to a float. A chunk is one vector, because longer chunks
/// round more often and gain little.
constexpr std::uint32_t kChunk = 1;

LinearKernel kernel_of(const LinearTiledConstants& tile, const LinearLayer& layer, bool packed) {
  const std::string stem = packed ? "linear_packed" : "linear_tiled";
  LinearKernel kernel;
  kernel.shader = shader_variant(stem, layer.in, layer.out);
  const TileSizes sizes = tile.sizes();
  kernel.name = fmt::format("{} {}×{}", stem, sizes.tile_rows, sizes.tile_columns);
  kernel.tile_rows = sizes.tile_rows;
  kernel.tile_columns = sizes.tile_columns;
  if (packed) {
    kernel.constants = LinearPackedConstants{tile, kChunk};
    kernel.arithmetic = Arithmetic::kHalf;
  } else {
    kernel.constants = tile;
  }
  return kernel;
}

}  // namespace

std::vector<LinearKernel> tiled_kernels(const LinearLayer& layer, std::int64_t rows,
                                        const DeviceFacts& device) {
  std::vector<LinearKernel> kernels;
  const auto add_tiles = [&](bool packed) {
    for (const Tile& tile : kTiles) {
      if (!tile.suits(device) || !fits(tile.constants, device)) continue;
      kernels.push_back(kernel_of(tile.constants, layer, packed));
    }
    erase_switched_off(kernels, device);
  };
  if (layer.in == DType::kF16 && device.half_arithmetic) add_tiles(true);
  if (kernels.empty()) add_tiles(false);
  order_tiles(kernels, rows, layer.outputs);
  return kernels;
}

std::vector<LinearKernel> tiled_kernels_of_all_sizes(const LinearLayer& layer, bool packed) {
  std::vector<LinearKernel> kernels;
  for (const Tile& tile : kTiles) kernels.push_back(kernel_of(tile.constants, layer, packed));
  return kernels;
}

}  // namespace gfnet::kernels
