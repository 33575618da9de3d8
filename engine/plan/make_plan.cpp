#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>

#include "gfnet/error.h"
#include "include/parameters.h"
#include "plan/arena.h"
#include "plan/plan.h"

namespace gfnet::plan {
namespace {

using graph::Graph;
using graph::Layout;
using graph::Node;
using graph::Value;
using graph::ValueId;

constexpr std::uint64_t kFloatBytes = 4;

std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

template <typename Parameters>
std::vector<std::byte> bytes_of(const Parameters& parameters) {
  const auto bytes = std::as_bytes(std::span<const Parameters, 1>(&parameters, 1));
  return {bytes.begin(), bytes.end()};
}

/// Elements of one image's value as it lies on the device.
std::int64_t stored_elements(const Value& value) {
  if (value.layout == Layout::kTokens) return value.shape[0] * round_up(value.shape[1], kVector);
  return value.shape.elements();
}

class Planner {
 public:
  Planner(const Graph& graph, std::int64_t batch, const DeviceFacts& device)
      : graph_(graph), device_(device), resource_of_(graph.values().size()) {
    if (batch < 1) throw Error("a batch of " + std::to_string(batch) + " images");
    plan_.batch = batch;
  }

  Plan run() {
    plan_.input = arena_resource(graph_.inputs().front(), -1);
    for (const Node& node : graph_.nodes()) {
      std::visit([&](const auto& operation) { lower(operation, node); }, node.operation);
    }
    for (ValueId id : graph_.outputs()) {
      // Read back after the last step: current_step() is one past it.
      plan_.outputs.push_back(output(use(id), graph_.value(id)));
    }
    place_in_arena();
    return std::move(plan_);
  }

 private:
  // --- Resources -------------------------------------------------------------------------------

  int current_step() const { return static_cast<int>(plan_.steps.size()); }

  std::size_t arena_resource(ValueId id, int first_step) {
    const Value& value = graph_.value(id);
    Resource resource;
    resource.name = value.name;
    resource.bytes = checked_bytes(value.name, plan_.batch, stored_elements(value));
    resource.first_step = first_step;
    resource.last_step = current_step();
    plan_.resources.push_back(std::move(resource));
    return *(resource_of_[index(id)] = plan_.resources.size() - 1);
  }

  /// The resource of a value that an earlier step computed, alive up to the current step.
  std::size_t use(ValueId id) {
    const std::size_t resource = resource_of_[index(id)].value();
    plan_.resources[resource].last_step = current_step();
    return resource;
  }

  Operand read(ValueId id) { return {use(id), Access::kRead}; }
  Operand write(ValueId id) { return {arena_resource(id, current_step()), Access::kWrite}; }

  /// Whether a node may overwrite an input of which every invocation reads just the elements that
  /// it writes: nothing may read it afterwards, nor in any other way at the same time.
  bool can_overwrite(const Node& node, ValueId input) const {
    return !graph_.value(input).is_constant() &&
           graph_.consumers(input).back()->output == node.output &&
           std::ranges::count(node.inputs, input) == 1 &&
           std::ranges::find(graph_.outputs(), input) == graph_.outputs().end();
  }

  Operand overwrite(const Node& node, ValueId input) {
    return {*(resource_of_[index(node.output)] = use(input)), Access::kReadWrite};
  }

  Operand constant(ValueId id, const Padding& padding) {
    const auto key = std::pair(id, padding);
    const auto [entry, is_new] = constants_.try_emplace(key, plan_.resources.size());
    if (is_new) {
      Resource resource;
      resource.kind = Resource::Kind::kConstant;
      resource.name = graph_.value(id).name;
      resource.bytes = checked_bytes(resource.name, 1, padding.padded_elements());
      resource.value = id;
      resource.padding = padding;
      plan_.constant_bytes += resource.bytes;
      plan_.resources.push_back(std::move(resource));
    }
    return {entry->second, Access::kRead};
  }

  Operand dense_constant(ValueId id) {
    const std::int64_t elements = graph_.value(id).shape.elements();
    return constant(id, {1, elements, 1, elements});
  }

  static Output output(std::size_t resource, const Value& value) {
    if (value.layout != Layout::kTokens) {
      return {resource, 1, value.shape.elements(), value.shape.elements()};
    }
    return {resource, value.shape[0], value.shape[1], round_up(value.shape[1], kVector)};
  }

  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

  void place_in_arena() {
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
      refuse_size("the arena", static_cast<double>(plan_.arena_bytes),
                  device_.max_allocation_bytes);
    }
  }

  // --- Limits. Once every buffer is within them, all counts and indices fit 32 bits. -----------

  std::uint64_t checked_bytes(const std::string& name, std::int64_t count,
                              std::int64_t elements) const {
    const std::uint64_t each = static_cast<std::uint64_t>(elements) * kFloatBytes;
    const std::uint64_t most = std::min<std::uint64_t>(device_.max_buffer_bytes, UINT32_MAX);
    if (each > most / static_cast<std::uint64_t>(count)) {
      refuse_size("'" + name + "'", static_cast<double>(each) * static_cast<double>(count), most);
    }
    return each * static_cast<std::uint64_t>(count);
  }

  void check_workgroups(const Node& node, const KernelStep& kernel) const {
    std::uint32_t invocations = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      invocations *= kernel.workgroup[axis];
      const std::uint32_t groups =
          (kernel.threads[axis] + kernel.workgroup[axis] - 1) / kernel.workgroup[axis];
      if (groups > device_.max_workgroup_count) {
        refuse("'" + node.name + "' needs " + std::to_string(groups) + " workgroups of at most " +
               std::to_string(device_.max_workgroup_count));
      }
    }
    if (invocations > device_.max_workgroup_invocations) {
      refuse("'" + node.name + "' needs workgroups of " + std::to_string(invocations));
    }
  }

  [[noreturn]] void refuse_size(const std::string& what, double bytes, std::uint64_t most) const {
    refuse(what + " needs " + std::to_string(static_cast<std::uint64_t>(bytes / (1 << 20))) +
           " MiB of at most " + std::to_string(most >> 20) + " MiB");
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw UnsupportedError(
        "batch " + std::to_string(plan_.batch) + ": " + what + "; try a smaller batch",
        device_.name);
  }

  // --- Steps -----------------------------------------------------------------------------------

  void add_step(const Node& node, KernelStep kernel, double flops) {
    check_workgroups(node, kernel);
    double bytes = 0;
    for (const Operand& operand : kernel.operands) {
      const double size = static_cast<double>(plan_.resources[operand.resource].bytes);
      bytes += operand.access == Access::kReadWrite ? 2 * size : size;
    }
    plan_.steps.push_back({node.name, std::move(kernel), flops, bytes});
  }

  void lower(const graph::Patches& op, const Node& node) {
    const Value& x = graph_.value(node.inputs[0]);
    const Value& y = graph_.value(node.output);
    parameters::PatchesParameters p{};
    p.patch_count = u32(y.shape[0]);
    p.patches_across = u32(op.grid.width / op.patch.width);
    p.patch_height = u32(op.patch.height);
    p.patch_width = u32(op.patch.width);
    p.image_stride = u32(stored_elements(x));
    if (x.layout == Layout::kPlanes) {
      p.channels = u32(x.shape[0]);
      p.column_stride = 1;
      p.channel_stride = u32(op.grid.area());
    } else {
      p.channels = u32(x.shape[1]);
      p.column_stride = u32(round_up(x.shape[1], kVector));
      p.channel_stride = 1;
    }
    p.row_stride = p.column_stride * u32(op.grid.width);
    p.output_stride = u32(round_up(y.shape[1], kVector));

    KernelStep kernel;
    kernel.kernel = "patches";
    set_workgroup(kernel, elementwise_workgroup());
    kernel.push_constants = bytes_of(p);
    kernel.threads = {p.output_stride / 4, p.patch_count, u32(plan_.batch)};
    kernel.operands = {read(node.inputs[0]), write(node.output)};
    add_step(node, std::move(kernel), 0);
  }

  void lower(const graph::Linear& op, const Node& node) {
    const Value& weight = graph_.value(node.inputs[1]);
    const std::int64_t inner = weight.shape[0];
    const std::int64_t outputs = weight.shape[1];
    const std::int64_t padded_outputs = round_up(outputs, kVector);
    const std::int64_t tokens = graph_.value(node.output).shape[0];

    parameters::LinearParameters p{};
    p.rows = u32(plan_.batch * tokens);
    p.inner_vectors = u32(round_up(inner, kVector) / kVector);
    p.output_vectors = u32(padded_outputs / kVector);
    p.addend_rows = p.rows;

    // An operand that the specialisation leaves unread still needs a buffer: the bias serves.
    const Operand bias = constant(node.inputs[2], {1, outputs, 1, padded_outputs});
    const bool has_addend = node.inputs.size() == 4;
    const bool in_place = has_addend && can_overwrite(node, node.inputs[3]);
    Operand addend = bias;
    if (has_addend && graph_.value(node.inputs[3]).is_constant()) {
      addend = constant(node.inputs[3], {tokens, outputs, tokens, padded_outputs});
      p.addend_rows = u32(tokens);
    } else if (has_addend && !in_place) {
      addend = read(node.inputs[3]);
    }

    // Fewer rows than a tile has would compute the last row over and over.
    const std::uint32_t tile_rows = std::min<std::uint32_t>(8, p.rows);
    KernelStep kernel;
    kernel.kernel = "linear";
    set_workgroup(kernel, linear_workgroup(p.output_vectors));
    kernel.specialization.insert(kernel.specialization.end(),
                                 {tile_rows, u32(op.gelu), u32(has_addend), u32(in_place)});
    kernel.push_constants = bytes_of(p);
    kernel.threads = {(p.output_vectors + 1) / 2, (p.rows + tile_rows - 1) / tile_rows, 1};
    kernel.operands = {
        read(node.inputs[0]),
        constant(node.inputs[1], {inner, outputs, round_up(inner, kVector), padded_outputs}), bias,
        addend, in_place ? overwrite(node, node.inputs[3]) : write(node.output)};
    // The shader can read y in any case, and does when it is in place.
    kernel.operands.back().access = Access::kReadWrite;
    add_step(node, std::move(kernel),
             2.0 * static_cast<double>(inner * outputs) * static_cast<double>(p.rows));
    if (!in_place) {
      const std::size_t y = *resource_of_[index(node.output)];
      plan_.steps.back().bytes -= static_cast<double>(plan_.resources[y].bytes);
    }
  }

  void lower(const graph::LayerNorm& op, const Node& node) {
    if (node.inputs.size() != 1) {
      throw Error(node.name + ": weight and bias must be folded into what follows");
    }
    const Value& x = graph_.value(node.inputs[0]);
    const bool planes_in = x.layout == Layout::kPlanes;
    const bool planes_out = graph_.value(node.output).layout == Layout::kPlanes;
    parameters::LayerNormParameters p{};
    p.channels = u32(planes_in ? x.shape[0] : x.shape[1]);
    p.tokens = u32(x.shape.elements() / p.channels);
    p.padded_channels = u32(round_up(p.channels, kVector));
    p.epsilon = static_cast<float>(op.epsilon);

    // A software driver's lanes are the tokens: no exchange between lanes, so no real barrier.
    const std::uint32_t tokens_per_group = device_.software ? 8 : 16;
    const std::uint32_t lanes = device_.software                           ? 1
                                : device_.max_workgroup_invocations >= 256 ? 16
                                                                           : 8;
    KernelStep kernel;
    kernel.kernel = "layer_norm";
    kernel.workgroup = {tokens_per_group * lanes, 1, 1};
    kernel.specialization = {tokens_per_group * lanes, tokens_per_group, lanes, u32(planes_in),
                             u32(planes_out)};
    kernel.push_constants = bytes_of(p);
    kernel.threads = {u32(round_up(p.tokens, tokens_per_group)) * lanes, u32(plan_.batch), 1};
    kernel.operands = {read(node.inputs[0]), write(node.output)};
    add_step(node, std::move(kernel), 8.0 * static_cast<double>(plan_.batch * x.shape.elements()));
  }

  void lower(const graph::Rfft2& op, const Node& node) {
    const std::size_t planes = use(node.inputs[0]);
    add_fft(node, op.grid, false, planes, write(node.output).resource);
  }

  void lower(const graph::Irfft2& op, const Node& node) {
    const std::size_t spectrum = use(node.inputs[0]);
    add_fft(node, op.grid, true, write(node.output).resource, spectrum);
  }

  void add_fft(const Node& node, const graph::Extent& grid, bool inverse, std::size_t planes,
               std::size_t spectrum) {
    FftStep fft;
    fft.inverse = inverse;
    fft.grid = grid;
    fft.batches = plan_.batch * graph_.value(node.inputs[0]).shape[0];
    fft.planes = planes;
    fft.spectrum = spectrum;
    const double points = static_cast<double>(grid.area());
    // The usual count for a real transform: half of 5·N·log2 N.
    const double flops = static_cast<double>(fft.batches) * 2.5 * points * std::log2(points);
    const double bytes =
        static_cast<double>(plan_.resources[planes].bytes + plan_.resources[spectrum].bytes);
    plan_.steps.push_back({node.name, fft, flops, bytes});
  }

  void lower(const graph::FilterMultiply& op, const Node& node) {
    const Value& spectrum = graph_.value(node.inputs[0]);
    parameters::FilterMultiplyParameters p{};
    p.bins = u32(op.grid.height * graph::spectrum_width(op.grid.width));
    p.channels = u32(spectrum.shape[0]);
    KernelStep kernel;
    kernel.kernel = "filter_multiply";
    set_workgroup(kernel, elementwise_workgroup());
    kernel.push_constants = bytes_of(p);
    kernel.threads = {p.bins, p.channels, u32(plan_.batch)};
    if (!can_overwrite(node, node.inputs[0])) {
      throw Error(node.name + ": the spectrum must have no other reader");
    }
    kernel.operands = {dense_constant(node.inputs[1]), dense_constant(node.inputs[2]),
                       overwrite(node, node.inputs[0])};
    add_step(node, std::move(kernel),
             3.0 * static_cast<double>(plan_.batch * spectrum.shape.elements()));
  }

  void lower(const graph::TokenMean&, const Node& node) {
    const Value& x = graph_.value(node.inputs[0]);
    parameters::TokenMeanParameters p{};
    p.tokens = u32(x.shape[0]);
    p.channel_vectors = u32(round_up(x.shape[1], kVector) / kVector);
    KernelStep kernel;
    kernel.kernel = "token_mean";
    kernel.workgroup = {device_.software ? 8u : 32u, 1, 1};
    kernel.specialization = {kernel.workgroup[0]};
    kernel.push_constants = bytes_of(p);
    kernel.threads = {p.channel_vectors, u32(plan_.batch), 1};
    kernel.operands = {read(node.inputs[0]), write(node.output)};
    add_step(node, std::move(kernel), static_cast<double>(plan_.batch * x.shape.elements()));
  }

  void lower(const graph::SoftmaxTopK& op, const Node& node) {
    const Value& logits = graph_.value(node.inputs[0]);
    parameters::SoftmaxTopKParameters p{};
    p.classes = u32(logits.shape[1]);
    p.logit_stride = u32(round_up(logits.shape[1], kVector));
    p.k = u32(op.k);
    p.output_stride = u32(round_up(2 * op.k, kVector));
    KernelStep kernel;
    kernel.kernel = "softmax_top_k";
    kernel.workgroup = {64, 1, 1};
    kernel.push_constants = bytes_of(p);
    kernel.threads = {1, u32(plan_.batch), 1};
    kernel.operands = {read(node.inputs[0]), write(node.output)};
    add_step(node, std::move(kernel),
             static_cast<double>((op.k + 2) * plan_.batch * logits.shape[1]));
  }

  /// Operations that the passes replace, each by its name.
  template <typename Operation>
  void lower(const Operation& operation, const Node& node) {
    throw Error(node.name + ": '" + std::string(graph::name_of(graph::Operation(operation))) +
                "' has no kernel; run the passes first");
  }

  using Workgroup = std::array<std::uint32_t, 3>;

  /// For shaders whose first two constants are the workgroup's width and height.
  static void set_workgroup(KernelStep& kernel, const Workgroup& workgroup) {
    kernel.workgroup = workgroup;
    kernel.specialization = {workgroup[0], workgroup[1]};
  }

  Workgroup elementwise_workgroup() const {
    return device_.software ? Workgroup{8, 4, 1} : Workgroup{32, 4, 1};
  }

  /// Neighbours along a row share x and read neighbouring weights; on a GPU several rows of tiles
  /// share the weights through the cache.
  Workgroup linear_workgroup(std::uint32_t output_vectors) const {
    if (device_.software) return {8, 1, 1};
    return output_vectors >= 32 ? Workgroup{16, 8, 1} : Workgroup{8, 8, 1};
  }

  const Graph& graph_;
  const DeviceFacts& device_;
  Plan plan_;
  std::vector<std::optional<std::size_t>> resource_of_;
  std::map<std::pair<ValueId, Padding>, std::size_t> constants_;
};

}  // namespace

Plan make_plan(const Graph& graph, std::int64_t batch, const DeviceFacts& device) {
  return Planner(graph, batch, device).run();
}

}  // namespace gfnet::plan
