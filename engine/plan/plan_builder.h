#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>

#include "plan/plan.h"
#include "plan/shader_variant.h"

namespace gfnet::plan {

/// A plan in the making: what the lowering of each operation (plan/lower.h) puts its buffers,
/// constants and steps into. Holds every tensor and dispatch to the device's limits; once all are
/// within them, counts and indices fit 32 bits.
class PlanBuilder {
 public:
  /// All but the batch must outlive the builder. Throws Error if batch < 1.
  PlanBuilder(const graph::Graph& graph, std::int64_t batch, const DeviceFacts& device,
              const Choices& choices);

  const graph::Graph& graph() const { return graph_; }
  const DeviceFacts& device() const { return device_; }
  std::int64_t batch() const { return plan_.batch; }
  const graph::Value& value(graph::ValueId id) const { return graph_.value(id); }
  const Resource& resource(std::size_t index) const { return plan_.resources[index]; }
  std::uint64_t bytes_of(const Operand& operand) const { return plan_.bytes_of(operand); }
  /// Of the largest resource that a shader can be given.
  std::uint64_t most_bytes() const;

  /// The resource of a value that an earlier step computed, alive up to the current step.
  std::size_t use(graph::ValueId id);
  Operand read(graph::ValueId id) { return {use(id), Access::kRead}; }
  /// The resource that the current step computes the value into.
  Operand write(graph::ValueId id);
  /// Memory for what a few steps hand on to each other: rows of so many elements each; alive from
  /// the current step on for as long as it is kept.
  std::size_t scratch(const std::string& name, std::int64_t rows, std::int64_t elements,
                      DType dtype);
  /// The resource, alive up to the current step.
  std::size_t keep(std::size_t resource);

  /// Whether a node may overwrite an input of which every invocation reads just the elements that
  /// it writes: nothing may read it afterwards, nor in any other way at the same time.
  bool can_overwrite(const graph::Node& node, graph::ValueId input) const;
  /// The input's resource, from now on the node's output.
  Operand overwrite(const graph::Node& node, graph::ValueId input);

  Operand constant(graph::ValueId id, const Packing& packing);
  /// A constant as it is, dense.
  Operand dense_constant(graph::ValueId id);

  /// To be called before a node's steps are added. way: of the layer that it is a part of, where
  /// that was decided before; all its steps tell it.
  void begin_node(std::optional<Decision> way) { decisions_ = {std::move(way), std::nullopt}; }
  /// The candidate that is known to be fastest, by default the first. The node's steps tell it, up
  /// to the next choice of the same sort.
  template <typename Way>
  Way choose_way(const std::string& problem, const std::vector<Way>& ways) {
    decisions_.way = decide(problem, ways, choices_.ways);
    return ways[decisions_.way->chosen];
  }
  template <typename Kernel>
  Kernel choose_kernel(const std::string& problem, const std::vector<Kernel>& kernels) {
    decisions_.kernel = decide(problem, kernels, choices_.kernels);
    return kernels[decisions_.kernel->chosen];
  }
  /// What the next steps tell, for who adds those of several nodes in turn.
  const Decisions& decisions() const { return decisions_; }
  void tell(Decisions decisions) { decisions_ = std::move(decisions); }

  /// Throws TooLargeError if the dispatch is beyond the device's limits. The step's bytes are those
  /// of its operands; `unread_bytes` of them do not move.
  void add_step(const graph::Node& node, KernelStep kernel, double flops, double unread_bytes = 0,
                Arithmetic arithmetic = Arithmetic::kFloat);
  void add_step(const graph::Node& node, const FftStep& fft, double flops);
  /// For a node of several steps: a step is called like its node otherwise.
  void name_last_step(std::string name) { plan_.steps.back().name = std::move(name); }

  /// Places everything in the arena and gives the plan away.
  Plan finish();

 private:
  int current_step() const { return static_cast<int>(plan_.steps.size()); }
  std::size_t arena_resource(const std::string& name, std::int64_t rows, std::int64_t elements,
                             DType dtype, int first_step);
  std::size_t arena_resource(graph::ValueId id, int first_step);
  void place_in_arena();
  /// What to say of a tensor that is larger than most_bytes().
  std::string excess(const std::string& name, double bytes) const;
  std::uint64_t checked_bytes(const std::string& name, std::int64_t count,
                              std::uint64_t each) const;
  void check_workgroups(const graph::Node& node, const KernelStep& kernel) const;
  [[noreturn]] void refuse(const std::string& what) const;

  const graph::Graph& graph_;
  const DeviceFacts& device_;
  const Choices& choices_;
  Plan plan_;
  Decisions decisions_;
  std::vector<std::optional<std::size_t>> resource_of_;
  std::map<std::pair<graph::ValueId, Packing>, std::size_t> constants_;
};

/// Elements of one image's value as it lies on the device: rows of tokens are padded.
std::int64_t stored_elements(const graph::Value& value);

// --- What lowerings share.

inline std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

/// A push-constant block as bytes.
template <typename Parameters>
std::vector<std::byte> bytes_of(const Parameters& parameters) {
  const auto bytes = std::as_bytes(std::span<const Parameters, 1>(&parameters, 1));
  return {bytes.begin(), bytes.end()};
}

using Workgroup = std::array<std::uint32_t, 3>;

/// For shaders whose first two constants are the workgroup's width and height.
inline void set_workgroup(KernelStep& kernel, const Workgroup& workgroup) {
  kernel.workgroup = workgroup;
  kernel.specialization = {workgroup[0], workgroup[1]};
}

/// For shaders that do a little for each element.
inline Workgroup elementwise_workgroup(const DeviceFacts& device) {
  return device.software ? Workgroup{8, 4, 1} : Workgroup{32, 4, 1};
}

}  // namespace gfnet::plan
