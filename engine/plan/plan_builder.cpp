#include "plan/plan_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "gfnet/error.h"
#include "plan/arena.h"

namespace gfnet::plan {
namespace {

using graph::Node;
using graph::Value;
using graph::ValueId;

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

/// A size in bytes as text for a message: "128 MiB", "330.8 MiB".
std::string mebibytes(double bytes) { return fmt::format("{:.4g} MiB", bytes / (1 << 20)); }

Output output(std::size_t resource, const Value& value) {
  if (value.layout != graph::Layout::kTokens) {
    return {resource, 1, value.shape.elements(), value.shape.elements()};
  }
  return {resource, value.shape[0], value.shape[1],
          kernels::round_up(value.shape[1], kernels::kVector)};
}

}  // namespace

std::int64_t stored_elements(const Value& value) {
  if (value.layout == graph::Layout::kTokens) {
    return value.shape[0] * kernels::round_up(value.shape[1], kernels::kVector);
  }
  return value.shape.elements();
}

PlanBuilder::PlanBuilder(const graph::Graph& graph, std::int64_t batch,
                         const kernels::DeviceFacts& device,
                         const kernels::MeasuredChoices& choices)
    : graph_(graph), device_(device), choices_(choices), resource_of_(graph.values().size()) {
  if (batch < 1) {
    throw ArgumentError(fmt::format("the batch size must be at least 1, not {}", batch));
  }
  const auto is_half = [](const Value& value) { return value.dtype == DType::kF16; };
  if (!device.half_storage && std::ranges::any_of(graph.values(), is_half)) {
    throw UnsupportedError("half precision (16-bit storage buffers)", device.name);
  }
  plan_.batch = batch;
  plan_.alignment = device.buffer_alignment;
  plan_.input = arena_resource(graph.inputs().front(), -1);
}

Plan PlanBuilder::finish() {
  for (ValueId id : graph_.outputs()) {
    // Outputs are read after the last step: current_step() is one past it.
    plan_.outputs.push_back(output(use(id), graph_.value(id)));
  }
  place_in_arena();
  return std::move(plan_);
}

// --- Resources --------------------------------------------------------------------------------

std::size_t PlanBuilder::arena_resource(const std::string& name, std::int64_t rows,
                                        std::int64_t elements, DType dtype, int first_step) {
  Resource resource;
  resource.name = name;
  resource.bytes = checked_bytes(name, rows, static_cast<std::uint64_t>(elements) * size_of(dtype));
  resource.dtype = dtype;
  resource.first_step = first_step;
  resource.last_step = current_step();
  plan_.resources.push_back(std::move(resource));
  return plan_.resources.size() - 1;
}

std::size_t PlanBuilder::arena_resource(ValueId id, int first_step) {
  const Value& value = graph_.value(id);
  return *(resource_of_[index(id)] = arena_resource(value.name, plan_.batch, stored_elements(value),
                                                    value.dtype, first_step));
}

std::size_t PlanBuilder::scratch(const std::string& name, std::int64_t rows, std::int64_t elements,
                                 DType dtype) {
  return arena_resource(name, rows, elements, dtype, current_step());
}

std::size_t PlanBuilder::keep(std::size_t resource) {
  plan_.resources[resource].last_step = current_step();
  return resource;
}

std::size_t PlanBuilder::use(ValueId id) {
  const std::size_t resource = resource_of_[index(id)].value();
  plan_.resources[resource].last_step = current_step();
  return resource;
}

Operand PlanBuilder::write(ValueId id) {
  return {arena_resource(id, current_step()), Access::kWrite};
}

bool PlanBuilder::can_overwrite(const Node& node, ValueId input) const {
  return !graph_.value(input).is_constant() &&
         graph_.consumers(input).back()->output == node.output &&
         std::ranges::count(node.inputs, input) == 1 &&
         std::ranges::find(graph_.outputs(), input) == graph_.outputs().end();
}

Operand PlanBuilder::overwrite(const Node& node, ValueId input) {
  return {*(resource_of_[index(node.output)] = use(input)), Access::kReadWrite};
}

Operand PlanBuilder::constant(ValueId id, const kernels::Packing& packing) {
  const auto key = std::pair(id, packing);
  const auto [entry, is_new] = constants_.try_emplace(key, plan_.resources.size());
  if (is_new) {
    Resource resource;
    resource.kind = Resource::Kind::kConstant;
    resource.name = graph_.value(id).name;
    resource.bytes = packing.bytes();
    if (resource.bytes > most_bytes()) {  // a smaller batch would not help
      throw TooLargeError(excess(resource.name, static_cast<double>(resource.bytes)), device_.name);
    }
    resource.dtype = packing.dtype;
    resource.data = graph_.value(id).data;
    resource.packing = packing;
    plan_.constant_bytes += static_cast<std::uint64_t>(
        kernels::round_up(static_cast<std::int64_t>(resource.bytes),
                          static_cast<std::int64_t>(device_.buffer_alignment)));
    plan_.resources.push_back(std::move(resource));
  }
  return {entry->second, Access::kRead};
}

Operand PlanBuilder::dense_constant(ValueId id) {
  const std::int64_t elements = graph_.value(id).shape.elements();
  return constant(id, {1, elements, 1, elements});
}

Operand PlanBuilder::texel_constant(ValueId id, std::int64_t padded_elements) {
  const std::int64_t elements = graph_.value(id).shape.elements();
  const std::int64_t padded =
      kernels::round_up(std::max(elements, padded_elements), kernels::kVector);
  const auto texels = static_cast<std::uint64_t>(padded / kernels::kVector);
  if (texels > device_.max_texel_elements) {
    throw UnsupportedError(
        fmt::format("{} with {} elements, which take {} texels of a texel buffer (limit: {})",
                    graph_.value(id).name, elements, texels, device_.max_texel_elements),
        device_.name);
  }
  return constant(id, {1, elements, 1, padded});
}

void PlanBuilder::place_in_arena() {
  std::vector<LiveRange> ranges;
  std::vector<Resource*> owners;
  for (Resource& resource : plan_.resources) {
    if (resource.kind != Resource::Kind::kArena) continue;
    ranges.push_back({resource.bytes, resource.first_step, resource.last_step});
    owners.push_back(&resource);
  }
  const ArenaLayout layout = lay_out_arena(ranges, device_.buffer_alignment);
  for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->offset = layout.offsets[i];
  plan_.arena_bytes = layout.bytes;
  if (plan_.arena_bytes > device_.max_allocation_bytes) {
    refuse(fmt::format("the arena needs {}, but the device allocates at most {} at once",
                       mebibytes(static_cast<double>(plan_.arena_bytes)),
                       mebibytes(static_cast<double>(device_.max_allocation_bytes))));
  }
}

// --- Steps ------------------------------------------------------------------------------------

void PlanBuilder::add_step(const Node& node, KernelStep kernel, double flops, double unread_bytes,
                           kernels::Arithmetic arithmetic) {
  check_workgroups(node, kernel);
  if (!device_.switched_off.empty()) {
    const std::string name = kernels::kernel_name(kernel.kernel, kernel.specialization);
    if (device_.switched_off.contains(name)) kernels::refuse_switched_off(name, device_.name);
  }
  double bytes = -unread_bytes;
  for (const Operand& operand : kernel.operands) {
    const double size = static_cast<double>(bytes_of(operand));
    bytes += operand.access == Access::kReadWrite ? 2 * size : size;
  }
  plan_.steps.push_back(
      {node.name, node.block, std::move(kernel), flops, bytes, arithmetic, choices_of_step_});
}

void PlanBuilder::add_step(const Node& node, const FftStep& fft, double flops) {
  const std::string name = kernels::algorithm_name(graph::SpectralForm::kVkfft, fft.grid);
  if (device_.switched_off.contains(name)) kernels::refuse_switched_off(name, device_.name);
  const double bytes =
      static_cast<double>(resource(fft.planes).bytes + resource(fft.spectrum).bytes);
  plan_.steps.push_back(
      {node.name, node.block, fft, flops, bytes, kernels::Arithmetic::kFloat, choices_of_step_});
}

// --- Limits -----------------------------------------------------------------------------------

std::uint64_t PlanBuilder::most_bytes() const {
  return std::min<std::uint64_t>(device_.max_buffer_bytes, UINT32_MAX);
}

std::string PlanBuilder::excess(const std::string& name, double bytes) const {
  return fmt::format("'{}' needs {}, but a shader can access at most {} at once", name,
                     mebibytes(bytes), mebibytes(static_cast<double>(most_bytes())));
}

std::uint64_t PlanBuilder::checked_bytes(const std::string& name, std::int64_t count,
                                         std::uint64_t each) const {
  if (each > most_bytes() / static_cast<std::uint64_t>(count)) {
    refuse(excess(name, static_cast<double>(each) * static_cast<double>(count)));
  }
  return each * static_cast<std::uint64_t>(count);
}

void PlanBuilder::check_workgroups(const Node& node, const KernelStep& kernel) const {
  std::uint32_t invocations = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::uint32_t size = kernel.specialization.workgroup[axis];
    invocations *= size;
    const std::uint32_t groups = (kernel.threads[axis] + size - 1) / size;
    if (groups > device_.max_workgroup_count) {
      refuse(fmt::format("'{}' needs {} workgroups along an axis, but the device allows at most {}",
                         node.name, groups, device_.max_workgroup_count));
    }
  }
  if (invocations > device_.max_workgroup_invocations) {
    refuse(fmt::format("'{}' needs workgroups of {} invocations, but the device allows at most {}",
                       node.name, invocations, device_.max_workgroup_invocations));
  }
}

void PlanBuilder::refuse(const std::string& what) const {
  throw TooLargeError(fmt::format("batch {}: {}; try {}", plan_.batch, what,
                                  plan_.batch > 1 ? "a smaller batch" : "smaller images"),
                      device_.name);
}

}  // namespace gfnet::plan
