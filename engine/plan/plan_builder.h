#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>

#include "kernels/shader_variant.h"
#include "kernels/specialize.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// Builds a plan. The lowering of each operation (plan/lower.h) adds the buffers, constants and
/// steps of that operation here. The builder checks every tensor and dispatch against the device's
/// limits and throws TooLargeError beyond them. Within the limits, all counts and indices fit
/// 32 bits.
class PlanBuilder {
 public:
  /// graph, device and choices must outlive the builder. Throws ArgumentError if batch < 1,
  /// UnsupportedError if the graph has halves and the device cannot store them.
  PlanBuilder(const graph::Graph& graph, std::int64_t batch, const kernels::DeviceFacts& device,
              const kernels::MeasuredChoices& choices);

  const graph::Graph& graph() const { return graph_; }
  const kernels::DeviceFacts& device() const { return device_; }
  std::int64_t batch() const { return plan_.batch; }
  const graph::Value& value(graph::ValueId id) const { return graph_.value(id); }
  const Resource& resource(std::size_t index) const { return plan_.resources[index]; }
  std::uint64_t bytes_of(const Operand& operand) const { return plan_.bytes_of(operand); }
  /// Size limit of a resource that a shader accesses, in bytes.
  std::uint64_t most_bytes() const;

  /// The index of the resource that holds a value. The value must be the graph's input or the
  /// output of an earlier step. Keeps the resource alive until the current step.
  std::size_t use(graph::ValueId id);
  Operand read(graph::ValueId id) { return {use(id), Access::kRead}; }
  /// Adds a resource for the value, which the current step writes.
  Operand write(graph::ValueId id);
  /// Adds scratch memory that a few steps share: [rows, elements] of dtype. Returns the index of
  /// the new resource. The resource is alive from the current step to the last step for which
  /// keep() was called.
  std::size_t scratch(const std::string& name, std::int64_t rows, std::int64_t elements,
                      DType dtype);
  /// Keeps the resource alive until the current step. Returns the index `resource`.
  std::size_t keep(std::size_t resource);

  /// Whether the node may write its output over an input: the input is no constant and no output of
  /// the graph, the node reads it only once, and no later node reads it. The caller guarantees that
  /// each invocation reads only those elements of the input that it writes.
  bool can_overwrite(const graph::Node& node, graph::ValueId input) const;
  /// Makes the input's resource also the resource of the node's output. Returns that resource as an
  /// operand that the step reads and writes.
  Operand overwrite(const graph::Node& node, graph::ValueId input);

  /// A constant of the graph in the given packing. If it is requested again in the same packing, it
  /// is stored only once.
  Operand constant(graph::ValueId id, const kernels::Packing& packing);
  /// A constant of the graph as it is: dense, without padding, f32.
  Operand dense_constant(graph::ValueId id);
  /// A constant of the graph as one row of f32, padded with zeros to a multiple of four elements:
  /// as shaders read a small constant through a samplerBuffer or a uniform block. padded_elements:
  /// how long the row must be at least. Throws UnsupportedError if no texel buffer of the device
  /// holds the row.
  Operand texel_constant(graph::ValueId id, std::int64_t padded_elements = 0);

  /// Call this before adding a node's steps. All these steps store the node's own choice
  /// (Node::choice, its spectral layer's algorithm) in Step::choices.
  void begin_node(const graph::Node& node) { choices_of_step_ = {node.choice, std::nullopt}; }
  /// Choose the candidate that was measured to be fastest; without a measurement, the first.
  /// choose_algorithm: for all batch sizes. choose_kernel: for the plan's batch size. The next
  /// steps of the node store the choice in Step::choices. A later call of the same function
  /// replaces the choice. Both throw UnsupportedError if there are no candidates, because all are
  /// switched off on the device.
  template <typename Candidate>
  Candidate choose_algorithm(const std::string& key, const std::vector<Candidate>& algorithms) {
    if (algorithms.empty()) kernels::refuse_switched_off(key, device_.name);
    choices_of_step_.algorithm = kernels::choose(key, algorithms, choices_.algorithms);
    return algorithms[choices_of_step_.algorithm->chosen];
  }
  template <typename Kernel>
  Kernel choose_kernel(const std::string& key, const std::vector<Kernel>& kernels) {
    if (kernels.empty()) kernels::refuse_switched_off(key, device_.name);
    choices_of_step_.kernel = kernels::choose(key, kernels, choices_.kernels);
    return kernels[choices_of_step_.kernel->chosen];
  }
  /// The choices that the next steps will store. A caller that adds steps of several nodes in turn
  /// saves the choices of a node with choices() and sets them again with tell().
  const StepChoices& choices() const { return choices_of_step_; }
  void tell(StepChoices choices) { choices_of_step_ = std::move(choices); }

  /// Adds a step. Step::bytes is the sum of the operands' sizes minus `unread_bytes`: bytes of the
  /// operands that the step does not access. An operand that is read and written counts twice.
  /// Throws TooLargeError if the dispatch exceeds the device's limits, UnsupportedError if the
  /// kernel is switched off on the device.
  void add_step(const graph::Node& node, KernelStep kernel, double flops, double unread_bytes = 0,
                kernels::Arithmetic arithmetic = kernels::Arithmetic::kFloat);
  void add_step(const graph::Node& node, const FftStep& fft, double flops);
  /// Renames the step that was added last, for a node of several steps. By default a step has its
  /// node's name.
  void name_last_step(std::string name) { plan_.steps.back().name = std::move(name); }

  /// Lays out the arena and returns the plan. The builder cannot be used afterwards. Throws
  /// TooLargeError if the arena exceeds the device's largest allocation.
  Plan finish();

 private:
  int current_step() const { return static_cast<int>(plan_.steps.size()); }
  std::size_t arena_resource(const std::string& name, std::int64_t rows, std::int64_t elements,
                             DType dtype, int first_step);
  std::size_t arena_resource(graph::ValueId id, int first_step);
  void place_in_arena();
  /// The message for a tensor that is larger than most_bytes().
  std::string excess(const std::string& name, double bytes) const;
  std::uint64_t checked_bytes(const std::string& name, std::int64_t count,
                              std::uint64_t each) const;
  void check_workgroups(const graph::Node& node, const KernelStep& kernel) const;
  [[noreturn]] void refuse(const std::string& what) const;

  const graph::Graph& graph_;
  const kernels::DeviceFacts& device_;
  const kernels::MeasuredChoices& choices_;
  Plan plan_;
  StepChoices choices_of_step_;
  std::vector<std::optional<std::size_t>> resource_of_;
  std::map<std::pair<graph::ValueId, kernels::Packing>, std::size_t> constants_;
};

/// Elements that one image's value occupies on the device. Rows of token layout are padded to whole
/// vectors.
std::int64_t stored_elements(const graph::Value& value);

// --- Helpers for lowering.

inline std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

/// A push-constant block as bytes.
template <typename Parameters>
std::vector<std::byte> bytes_of(const Parameters& parameters) {
  const auto bytes = std::as_bytes(std::span<const Parameters, 1>(&parameters, 1));
  return {bytes.begin(), bytes.end()};
}

/// A step that runs a shader with these specialisation constants (a struct of kernels/shaders/) and
/// push constants. The caller adds threads and operands.
template <typename Constants>
KernelStep kernel_step(std::string shader, const Constants& constants,
                       const typename Constants::Push& push) {
  KernelStep step;
  step.kernel = std::move(shader);
  step.specialization = kernels::specialize(constants);
  step.push_constants = bytes_of(push);
  return step;
}

/// For shaders that compute each element independently: the width of the workgroup, and the height
/// if the shader has two axes.
inline std::uint32_t elementwise_width(const kernels::DeviceFacts& device) {
  return device.software ? device.software_width() : 32;
}
inline constexpr std::uint32_t kElementwiseHeight = 4;

}  // namespace gfnet::plan
