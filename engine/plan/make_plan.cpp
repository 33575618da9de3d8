#include <algorithm>
#include <cmath>
#include <cstring>
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
    check_sizes();
    return std::move(plan_);
  }

 private:
  // --- Resources -------------------------------------------------------------------------------

  int current_step() const { return static_cast<int>(plan_.steps.size()); }

  std::size_t arena_resource(ValueId id, int first_step) {
    const Value& value = graph_.value(id);
    Resource resource;
    resource.name = value.name;
    resource.bytes = static_cast<std::uint64_t>(plan_.batch * stored_elements(value)) * kFloatBytes;
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

  /// The output takes the memory of an input that nothing reads afterwards: every invocation reads an
  /// element before it writes it.
  Operand write_in_place(ValueId output, ValueId input) {
    const bool is_last_use = graph_.consumers(input).back()->output == output &&
                             std::ranges::find(graph_.outputs(), input) == graph_.outputs().end();
    if (graph_.value(input).is_constant() || !is_last_use) return write(output);
    return {*(resource_of_[index(output)] = use(input)), Access::kWrite};
  }

  Operand constant(ValueId id, const Padding& padding) {
    const auto key = std::pair(id, padding);
    const auto [entry, is_new] = constants_.try_emplace(key, plan_.resources.size());
    if (is_new) {
      Resource resource;
      resource.kind = Resource::Kind::kConstant;
      resource.name = graph_.value(id).name;
      resource.bytes = static_cast<std::uint64_t>(padding.padded_elements()) * kFloatBytes;
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
  }

  void check_sizes() const {
    for (const Resource& resource : plan_.resources) {
      if (resource.bytes > device_.max_buffer_bytes) {
        refuse("'" + resource.name + "'", resource.bytes, device_.max_buffer_bytes);
      }
    }
    if (plan_.arena_bytes > device_.max_allocation_bytes) {
      refuse("the arena", plan_.arena_bytes, device_.max_allocation_bytes);
    }
  }

  [[noreturn]] void refuse(const std::string& what, std::uint64_t bytes, std::uint64_t most) const {
    throw UnsupportedError("batch " + std::to_string(plan_.batch) + ": " + what + " needs " +
                               std::to_string(bytes >> 20) + " MiB of at most " +
                               std::to_string(most >> 20) + " MiB; try a smaller batch",
                           device_.name);
  }

  // --- Steps -----------------------------------------------------------------------------------

  void add_step(const Node& node, KernelStep kernel, double flops) {
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
    kernel.specialization = elementwise_workgroup();
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
    Operand addend = bias;
    if (has_addend && graph_.value(node.inputs[3]).is_constant()) {
      addend = constant(node.inputs[3], {tokens, outputs, tokens, padded_outputs});
      p.addend_rows = u32(tokens);
    } else if (has_addend) {
      addend = read(node.inputs[3]);
    }

    // Fewer rows than a tile has would compute the last row over and over.
    const std::uint32_t tile_rows = std::min<std::uint32_t>(8, p.rows);
    KernelStep kernel;
    kernel.kernel = "linear";
    kernel.specialization = linear_workgroup(p.output_vectors);
    kernel.specialization.insert(kernel.specialization.end(),
                                 {tile_rows, u32(op.gelu), u32(has_addend)});
    kernel.push_constants = bytes_of(p);
    kernel.threads = {(p.output_vectors + 1) / 2, (p.rows + tile_rows - 1) / tile_rows, 1};
    kernel.operands = {
        read(node.inputs[0]),
        constant(node.inputs[1], {inner, outputs, round_up(inner, kVector), padded_outputs}), bias,
        addend,
        has_addend ? write_in_place(node.output, node.inputs[3]) : write(node.output)};
    add_step(node, std::move(kernel),
             2.0 * static_cast<double>(inner * outputs) * static_cast<double>(p.rows));
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
    const std::uint32_t lanes = device_.software ? 1 : 16;
    KernelStep kernel;
    kernel.kernel = "layer_norm";
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
    kernel.specialization = elementwise_workgroup();
    kernel.push_constants = bytes_of(p);
    kernel.threads = {p.bins, p.channels, u32(plan_.batch)};
    const Operand in_place = write_in_place(node.output, node.inputs[0]);
    if (in_place.resource != use(node.inputs[0])) {
      throw Error(node.name + ": the spectrum must have no other reader");
    }
    kernel.operands = {dense_constant(node.inputs[1]), dense_constant(node.inputs[2]),
                       {in_place.resource, Access::kReadWrite}};
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
    kernel.specialization = {device_.software ? 8u : 32u};
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

  std::vector<std::uint32_t> elementwise_workgroup() const {
    if (device_.software) return {8, 1};
    return {32, 4};
  }

  /// Neighbours along a row share x and read neighbouring weights; on a GPU several rows of tiles share
  /// the weights through the cache.
  std::vector<std::uint32_t> linear_workgroup(std::uint32_t output_vectors) const {
    if (device_.software) return {8, 1};
    return output_vectors >= 32 ? std::vector<std::uint32_t>{16, 8}
                                : std::vector<std::uint32_t>{8, 8};
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
