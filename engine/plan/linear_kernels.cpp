#include "plan/linear_kernels.h"

#include <algorithm>
#include <bit>

#include "plan/matrix_kernels.h"
#include "plan/shader_variant.h"
#include "plan/tiled_kernels.h"

namespace gfnet::plan {
namespace {

using Workgroup = std::array<std::uint32_t, 3>;

/// With fewer rows than this a product goes without tiles in shared memory.
constexpr std::int64_t kFewRows = 16;

/// Columns of an invocation of linear.comp: two vectors.
constexpr std::int64_t kPlainColumns = 2 * kVector;

LinearKernel plain(const LinearProblem& problem, const Workgroup& workgroup) {
  // Fewer rows than a tile has would compute the last row over and over.
  const auto rows = static_cast<std::uint32_t>(std::min<std::int64_t>(8, problem.rows));
  LinearKernel kernel;
  kernel.name = "linear " + std::to_string(workgroup[0]) + "×" + std::to_string(workgroup[1]);
  kernel.shader = shader_variant("linear", problem.in, problem.out);
  kernel.workgroup = workgroup;
  kernel.tile_rows = rows * workgroup[1];
  kernel.tile_columns = kPlainColumns * workgroup[0];
  kernel.tile = {rows};
  return kernel;
}

/// What the tile holds stays in registers or close by up to so many rows; lavapipe no longer
/// unrolls a taller one, which costs a factor of ten.
constexpr std::int64_t kTallestBroadcastTile = 40;

/// How long the rows take in tiles of a height: each costs its rows, those past the end too, and
/// about eight rows' worth of loading the weight (measured on lavapipe: 33 GFLOP/s with 16 rows, 40
/// with 32).
std::int64_t broadcast_cost(std::int64_t rows, std::int64_t tile) {
  return (rows + tile - 1) / tile * (tile + 8);
}

LinearKernel broadcast(const LinearProblem& problem, std::uint32_t lanes, std::int64_t tile_rows) {
  LinearKernel kernel;
  kernel.name = "linear_broadcast " + std::to_string(tile_rows) + " rows";
  // What x and the weight are is a matter of the texel buffers' format.
  kernel.shader = shader_variant("linear_broadcast", problem.out, problem.out);
  kernel.workgroup = {lanes, 1, 1};
  kernel.tile_rows = tile_rows;
  kernel.tile_columns = kVector * lanes;
  kernel.tile = {static_cast<std::uint32_t>(tile_rows)};
  kernel.block_columns = 4 * lanes;
  return kernel;
}

bool can_broadcast(const LinearProblem& problem, const DeviceFacts& device) {
  const auto vectors = [](std::int64_t rows, std::int64_t columns, std::int64_t multiple) {
    return static_cast<std::uint64_t>(rows * (round_up(columns, multiple) / kVector));
  };
  const std::uint32_t lanes = device.subgroup_size;
  return device.software && device.subgroup_broadcast &&
         (lanes == 4 || lanes == 8 || lanes == 16) &&
         vectors(problem.rows, problem.inner, kVector) <= device.max_texel_elements &&
         vectors(round_up(problem.inner, kVector), problem.outputs, 4 * lanes) <=
             device.max_texel_elements;
}

void add_broadcast(const LinearProblem& problem, const DeviceFacts& device,
                   std::vector<LinearKernel>& kernels) {
  std::vector<std::int64_t> heights;
  for (std::int64_t tile = 4; tile <= kTallestBroadcastTile; tile += 4) heights.push_back(tile);
  std::ranges::stable_sort(heights, {},
                           [&](std::int64_t tile) { return broadcast_cost(problem.rows, tile); });
  if (problem.rows < heights.front()) heights.insert(heights.begin(), problem.rows);
  // The rule is near enough for its best few to hold the fastest.
  heights.resize(std::min<std::size_t>(heights.size(), 3));
  for (std::int64_t tile : heights)
    kernels.push_back(broadcast(problem, device.subgroup_size, tile));
}

}  // namespace

std::string LinearProblem::name() const {
  const std::uint64_t many = std::bit_ceil(static_cast<std::uint64_t>(rows));
  return shader_variant("linear", in, out) + " " + std::to_string(many) + "×" +
         std::to_string(inner) + "×" + std::to_string(outputs) + (gelu ? " gelu" : "") +
         (addend ? " addend" : "");
}

std::vector<LinearKernel> linear_kernels(const LinearProblem& problem, const DeviceFacts& device) {
  std::vector<LinearKernel> kernels;
  if (device.software) {
    if (can_broadcast(problem, device)) add_broadcast(problem, device, kernels);
    kernels.push_back(plain(problem, {8, 1, 1}));
    return kernels;
  }
  if (problem.in == DType::kF16) {
    kernels = matrix_kernels(problem, device);
    if (!kernels.empty()) return kernels;
    if (device.half_arithmetic) return tiled_kernels(problem, device);
  }
  // Neighbours along a row share x and read neighbouring weights; several rows of tiles share the
  // weights through the cache.
  const bool wide = problem.outputs >= 128;
  std::vector<LinearKernel> plains{
      plain(problem, wide ? Workgroup{16, 8, 1} : Workgroup{8, 8, 1}),
      plain(problem, wide ? Workgroup{32, 4, 1} : Workgroup{4, 16, 1})};
  kernels = tiled_kernels(problem, device);
  // The classifier's few rows leave most of any tile empty.
  const bool few_rows = problem.rows < kFewRows;
  kernels.insert(few_rows ? kernels.begin() : kernels.end(), plains.begin(), plains.end());
  return kernels;
}

}  // namespace gfnet::plan
