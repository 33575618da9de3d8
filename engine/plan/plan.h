#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/graph.h"
#include "plan/choices.h"
#include "plan/packing.h"

/// Graph + device facts → what to run, on which memory, in which order. Plain data, no Vulkan type.
namespace gfnet::plan {

/// A product of matrices, [rows, inner]·[inner, columns], that a subgroup makes as one operation.
struct MatrixShape {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t inner = 0;
};

/// What the choice of kernels and the layout of memory depend on.
struct DeviceFacts {
  std::string name;
  /// A driver that runs shaders on the CPU: few wide lanes, costly barriers.
  bool software = false;
  /// Buffers start at multiples of this and occupy their size rounded up to it.
  std::uint64_t buffer_alignment = 256;
  /// Largest buffer a shader can be given, in bytes.
  std::uint64_t max_buffer_bytes = 128u << 20;
  /// Largest block of memory, which the arena is one of.
  std::uint64_t max_allocation_bytes = std::uint64_t{1} << 30;
  /// Invocations of a workgroup; every Vulkan device allows 128.
  std::uint32_t max_workgroup_invocations = 128;
  /// Bytes that the invocations of a workgroup share; every Vulkan device allows 16 KiB.
  std::uint32_t max_shared_memory = 16u << 10;
  /// Workgroups of a dispatch along each axis; every Vulkan device allows 65535.
  std::uint32_t max_workgroup_count = 65535;
  /// Lanes of a subgroup, where it is the same for every shader; else 0.
  std::uint32_t subgroup_size = 0;
  /// subgroupBroadcast in compute shaders.
  bool subgroup_broadcast = false;
  /// Of the memory that all cores or units reach fastest, as much as a plan should count on; 0
  /// where it is unknown.
  std::uint64_t cache_bytes = 0;
  /// Texels of a samplerBuffer; every Vulkan device allows 65536.
  std::uint64_t max_texel_elements = 65536;
  /// Halves in buffers, without which no graph in half precision can be planned; arithmetic on
  /// them.
  bool half_storage = false;
  bool half_arithmetic = false;
  /// Those of halves, summed in floats; empty without matrix units, or without a kernel for them.
  std::vector<MatrixShape> matrix_shapes;
  /// Widths that a kernel can ask subgroups to have, ascending.
  std::vector<std::uint32_t> subgroup_widths;
};

/// What multiplies and adds: which of a device's peaks a kernel could reach.
enum class Arithmetic { kFloat, kHalf, kMatrix };

/// A range of memory that steps read and write.
struct Resource {
  enum class Kind {
    kArena,     ///< lives from one step to another; offset is into the plan's arena
    kConstant,  ///< a graph's constant, padded; uploaded once, shared by the plans that read it
  };
  Kind kind = Kind::kArena;
  std::string name;
  std::uint64_t bytes = 0;
  /// What it holds elements of.
  DType dtype = DType::kF32;
  /// kArena: where it lies, and the first and last step that touch it (−1: written before the
  /// first).
  std::uint64_t offset = 0;
  int first_step = 0;
  int last_step = 0;
  /// kConstant: the graph's elements and the form in which kernels read them.
  std::shared_ptr<const std::vector<float>> data;
  Packing packing;
};

enum class Access { kRead, kWrite, kReadWrite };

/// Bytes [offset, offset + bytes) of a resource.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct Operand {
  std::size_t resource = 0;
  Access access = Access::kRead;
  /// What the step is given of it, where not the whole; only of the arena's. It starts at a
  /// multiple of the device's buffer alignment.
  std::optional<ByteRange> range = std::nullopt;
};

/// One dispatch of a shader.
struct KernelStep {
  /// Stem of the shader.
  std::string kernel;
  /// Values of all its specialisation constants, by ascending id.
  std::vector<std::uint32_t> specialization;
  /// Its push-constant block (shaders/include/parameters.h).
  std::vector<std::byte> push_constants;
  std::array<std::uint32_t, 3> threads{1, 1, 1};
  /// What the specialisation makes of the shader's local size.
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// In the order of the shader's bindings.
  std::vector<Operand> operands;
};

/// One batched two-dimensional real FFT, unnormalised, out of place.
struct FftStep {
  bool inverse = false;
  graph::Extent grid;
  std::int64_t batches = 0;
  std::size_t planes = 0;
  std::size_t spectrum = 0;
};

/// What was decided for a step, alone or together with others of the same problem (see choices.h).
struct Decisions {
  std::optional<Decision> way;
  std::optional<Decision> kernel;
};

struct Step {
  /// The node it computes.
  std::string name;
  std::variant<KernelStep, FftStep> work;
  /// Arithmetic that the operation asks for (a multiply-accumulate is two), and bytes that it must
  /// move if nothing is cached but within the step: the floor that a measured time is held against.
  double flops = 0;
  double bytes = 0;
  Arithmetic arithmetic = Arithmetic::kFloat;
  Decisions decisions;
};

/// What runs the step: a shader's stem, "vkfft_rfft2" or "vkfft_irfft2".
std::string kernel_of(const Step& step);

/// Where one of the graph's outputs lies: for every image `rows` rows of `columns` elements,
/// `stride` elements apart.
struct Output {
  std::size_t resource = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
};

struct Plan {
  /// What a step is given of the operand's resource.
  std::uint64_t bytes_of(const Operand& operand) const {
    return operand.range ? operand.range->bytes : resources[operand.resource].bytes;
  }

  std::int64_t batch = 0;
  /// See DeviceFacts::buffer_alignment.
  std::uint64_t alignment = 1;
  std::vector<Resource> resources;
  std::vector<Step> steps;
  /// The graph's only input, in its layout.
  std::size_t input = 0;
  /// In the graph's order.
  std::vector<Output> outputs;
  std::uint64_t arena_bytes = 0;
  /// Each constant's size rounded up to the device's buffer alignment.
  std::uint64_t constant_bytes = 0;
};

/// Plans a graph that has been through passes::optimize, for `batch` images at once.
/// Throws TooLargeError if a tensor exceeds what the device can bind, the arena what it can
/// allocate or a dispatch what it can run at once, other UnsupportedErrors for what it can do at no
/// size. Throws Error if batch < 1. choices: what is known of which ways and kernels are fastest
/// there; a spectral layer goes only such ways as are on the path that the graph's passes took.
///
/// Plans with the same choices of ways give the same bits for an image at every batch, and read the
/// same constants.
Plan make_plan(const graph::Graph& graph, std::int64_t batch, const DeviceFacts& device,
               const Choices& choices = {});

/// "fp16" if anything that steps pass on to one another lies in halves, else "fp32".
std::string_view precision_of(const Plan& plan);

/// A table of the steps and a summary of memory, for people.
std::string to_text(const Plan& plan);
/// Everything in the plan, for machines: a JSON document.
std::string to_json(const Plan& plan);

}  // namespace gfnet::plan
