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

#include "base/access.h"
#include "base/specialization.h"
#include "graph/graph.h"
#include "kernels/choices.h"
#include "kernels/device_facts.h"
#include "kernels/packing.h"

/// Graph + device facts → plan: which steps run, in which order and on which memory. Plain data
/// without Vulkan types.
namespace gfnet::plan {

/// A range of memory that steps read and write.
struct Resource {
  enum class Kind {
    kArena,     ///< part of the plan's arena; alive from first_step to last_step
    kConstant,  ///< a constant of the graph, padded; uploaded once and shared by all plans
  };
  Kind kind = Kind::kArena;
  std::string name;
  std::uint64_t bytes = 0;
  /// Type of the elements.
  DType dtype = DType::kF32;
  /// kArena: the offset in the arena in bytes, and the first and last step that access the
  /// resource. first_step is −1 if the resource is written before the first step.
  std::uint64_t offset = 0;
  int first_step = 0;
  int last_step = 0;
  /// kConstant: the constant's elements, and how they are stored for kernels.
  std::shared_ptr<const std::vector<float>> data;
  kernels::Packing packing;
};

/// Bytes [offset, offset + bytes) of a resource.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// A resource that a step accesses.
struct Operand {
  /// Index in Plan::resources.
  std::size_t resource = 0;
  Access access = Access::kRead;
  /// The bytes that the step accesses. Empty: the whole resource. Only an operand in the arena can
  /// have a range. The range starts at a multiple of the device's buffer alignment.
  std::optional<ByteRange> range = std::nullopt;
};

/// One dispatch of a shader.
struct KernelStep {
  /// The shader's name, such as "layer_norm", or that of a variant, such as "layer_norm_f16".
  std::string kernel;
  /// The shader's specialisation constants, its workgroup and its shared memory: made by
  /// kernels::specialize from the shader's struct in kernels/shaders/.
  Specialization specialization;
  /// The shader's push constants as bytes (shaders/include/parameters.h).
  std::vector<std::byte> push_constants;
  /// Threads along each axis; the runtime rounds up to whole workgroups.
  std::array<std::uint32_t, 3> threads{1, 1, 1};
  /// What the shader's bindings refer to, in the order of the bindings.
  std::vector<Operand> operands;
};

/// One batched two-dimensional real FFT, unnormalised, out of place.
/// planes: index of a resource that holds [batches, H, W] f32. spectrum: index of a resource that
/// holds [batches, H, W/2+1] complex f32.
struct FftStep {
  bool inverse = false;
  graph::Extent grid;
  /// Images × channels.
  std::int64_t batches = 0;
  std::size_t planes = 0;
  std::size_t spectrum = 0;
};

/// The choices that were made for a step (explained in choices.h). algorithm: the order in which
/// sums are rounded and the layout of the weights, for all batch sizes. kernel: the shader that
/// computes the algorithm, for this batch size. A member is nullopt if there was nothing to choose.
/// Steps with the same Choice::key have the same choice.
struct StepChoices {
  std::optional<graph::Choice> algorithm;
  std::optional<graph::Choice> kernel;
};

struct Step {
  /// The name of the node that the step computes. If a node has several steps, a step's name may
  /// have a suffix.
  std::string name;
  /// The block of the network that the step belongs to (graph::NodeInfo::block).
  std::optional<std::int64_t> block;
  std::variant<KernelStep, FftStep> work;
  /// flops: operations that the step needs; a multiply-accumulate counts as two. bytes: memory that
  /// the step reads and writes, if nothing is cached from earlier steps. flops and bytes each give
  /// a lower bound of the step's time.
  double flops = 0;
  double bytes = 0;
  kernels::Arithmetic arithmetic = kernels::Arithmetic::kFloat;
  StepChoices choices;
};

/// The kernel that runs the step: a shader's name, "vkfft_rfft2" or "vkfft_irfft2".
std::string kernel_of(const Step& step);

/// Where one of the graph's outputs is. The resource holds [batch, rows, stride]. The output is the
/// first `columns` elements of each row.
struct Output {
  std::size_t resource = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
};

/// Everything that the runtime needs to run a graph on a batch of a fixed size.
struct Plan {
  /// Bytes of the resource that the operand binds: its range, or the whole resource.
  std::uint64_t bytes_of(const Operand& operand) const {
    return operand.range ? operand.range->bytes : resources[operand.resource].bytes;
  }

  /// Number of images.
  std::int64_t batch = 0;
  /// The device's buffer alignment, in bytes (DeviceFacts::buffer_alignment).
  std::uint64_t alignment = 1;
  std::vector<Resource> resources;
  /// In the order in which they run.
  std::vector<Step> steps;
  /// Index of the resource that holds the graph's only input, in the layout of that input.
  std::size_t input = 0;
  /// The graph's outputs, in the graph's order.
  std::vector<Output> outputs;
  std::uint64_t arena_bytes = 0;
  /// The sum of the constants' sizes, each rounded up to the device's buffer alignment.
  std::uint64_t constant_bytes = 0;
};

/// Plans a graph after passes::expand, for batches of `batch` images. choices: the candidates that
/// were measured to be fastest on the device. The algorithms of spectral layers are not chosen
/// here: the graph's nodes hold them (kernels::choose_spectral).
///
/// Plans with the same choices in MeasuredChoices::algorithms give the same bits for an image at
/// every batch size, and read the same constants.
///
/// Throws TooLargeError if a tensor is larger than a shader can bind, the arena is larger than one
/// allocation, or a dispatch is beyond the device's limits. Throws UnsupportedError (but not
/// TooLargeError) if the device cannot run the graph at any batch size. Throws ArgumentError if
/// batch < 1.
Plan make_plan(const graph::Graph& graph, std::int64_t batch, const kernels::DeviceFacts& device,
               const kernels::MeasuredChoices& choices = {});

/// "fp16" if any resource holds halves, else "fp32".
std::string_view precision_of(const Plan& plan);

/// The plan as text for people: a table of the steps, the memory, and the choices.
std::string to_text(const Plan& plan);
/// The plan as a JSON document for programs, without the constants' values.
std::string to_json(const Plan& plan);

}  // namespace gfnet::plan
