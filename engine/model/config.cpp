#include "model/config.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "gfnet/error.h"
#include "model/altered_tensor.h"

namespace gfnet::model {
namespace {

using checkpoint::Checkpoint;
using checkpoint::TensorView;
using graph::Extent;

/// Infers the architecture in one pass over a checkpoint. Every tensor that belongs to the
/// architecture is checked and marked as claimed.
class ConfigReader {
 public:
  explicit ConfigReader(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {
    for (const TensorView& tensor : checkpoint.tensors()) names_.insert(tensor.name);
    for (const auto& [name, error] : checkpoint.unreadable()) names_.insert(name);
  }

  Config read() {
    config_.pyramid = has("patch_embed.0.");
    if (!config_.pyramid && !has("patch_embed.proj.")) {
      throw FormatError(checkpoint_.path(),
                        "holds no GFNet: it has neither patch_embed.proj.weight nor "
                        "patch_embed.0.proj.weight");
    }
    for (std::size_t stage = 0; stage == 0 || has_stage(stage); ++stage) read_stage(stage);
    read_norm();
    if (has("head.")) read_head();
    refuse_unknown_tensors();
    return config_;
  }

 private:
  /// Whether there is an entry whose name starts with `prefix`, even if it cannot be read.
  bool has(std::string_view prefix) const {
    const auto next = names_.lower_bound(prefix);
    return next != names_.end() && next->starts_with(prefix);
  }

  bool has_stage(std::size_t stage) const {
    return config_.pyramid && has(patch_embed_prefix(config_, stage));
  }

  void read_stage(std::size_t index) {
    config_.stages.emplace_back();
    Stage& stage = config_.stages.back();

    const std::string embed = patch_embed_prefix(config_, index);
    const TensorView& weight = claim(embed + "weight");
    if (weight.shape.rank() != 4)
      fail(weight, "must have 4 axes, has shape " + weight.shape.text());
    stage.channels = weight.shape[0];
    stage.patch = {weight.shape[2], weight.shape[3]};
    const std::int64_t channels_in =
        index == 0 ? weight.shape[1] : config_.stages[index - 1].channels;
    if (index == 0) config_.input_channels = channels_in;
    for (std::int64_t extent : weight.shape.dims()) {
      if (extent < 1) fail(weight, "has an empty axis: " + weight.shape.text());
    }
    expect(weight, {stage.channels, channels_in, stage.patch.height, stage.patch.width});
    expect(claim(embed + "bias"), {stage.channels});

    stage.grid = index == 0 ? first_grid(stage) : halved_grid(index);
    if (stage.grid.area() == 0) fail(weight, "has a patch larger than the previous stage's grid");
    while (has(block_prefix(config_, index, stage.depth))) {
      read_block(index, stage, stage.depth);
      ++stage.depth;
    }
    if (stage.depth == 0) {
      throw FormatError(checkpoint_.path(),
                        fmt::format("has no tensor '{}norm1.weight': a stage without blocks",
                                    block_prefix(config_, index, 0)));
    }
  }

  /// Infers the first stage's grid. The filter's shape gives only W/2 + 1, which is the same for an
  /// even W and for W + 1. The number of tokens in pos_embed decides between these two widths.
  Extent first_grid(const Stage& stage) {
    const TensorView& filter = filter_of(0);
    const TensorView& positions = claim("pos_embed");
    if (positions.shape.rank() != 3) {
      fail(positions, "must have 3 axes, has shape " + positions.shape.text());
    }
    const std::int64_t tokens = positions.shape[1];
    expect(positions, {1, tokens, stage.channels});
    const std::int64_t height = filter.shape[0];
    if (height < 1 || tokens < 1 || tokens % height != 0 ||
        graph::spectrum_width(tokens / height) != filter.shape[1]) {
      fail(filter, fmt::format("shape {} does not fit the {} tokens of pos_embed",
                               filter.shape.text(), tokens));
    }
    const Extent grid{height, tokens / height};
    config_.image = {grid.height * stage.patch.height, grid.width * stage.patch.width};
    return grid;
  }

  Extent halved_grid(std::size_t index) const {
    const Stage& previous = config_.stages[index - 1];
    const Stage& stage = config_.stages[index];
    return {previous.grid.height / stage.patch.height, previous.grid.width / stage.patch.width};
  }

  const TensorView& filter_of(std::size_t index) {
    const TensorView& filter = claim(block_prefix(config_, index, 0) + "filter.complex_weight");
    if (filter.shape.rank() != 4)
      fail(filter, "must have 4 axes, has shape " + filter.shape.text());
    return filter;
  }

  void read_block(std::size_t index, Stage& stage, std::int64_t block) {
    const std::string prefix = block_prefix(config_, index, block);
    const std::int64_t channels = stage.channels;
    for (const char* norm : {"norm1.", "norm2."}) {
      expect(claim(fmt::format("{}{}weight", prefix, norm)), {channels});
      expect(claim(fmt::format("{}{}bias", prefix, norm)), {channels});
    }
    expect(claim(prefix + "filter.complex_weight"),
           {stage.grid.height, graph::spectrum_width(stage.grid.width), channels, 2});

    const TensorView& fc1 = claim(prefix + "mlp.fc1.weight");
    if (fc1.shape.rank() != 2 || fc1.shape[0] < 1) {
      fail(fc1, "must be a matrix, has shape " + fc1.shape.text());
    }
    const std::int64_t width = fc1.shape[0];
    expect(fc1, {width, channels});
    expect(claim(prefix + "mlp.fc1.bias"), {width});
    expect(claim(prefix + "mlp.fc2.weight"), {channels, width});
    expect(claim(prefix + "mlp.fc2.bias"), {channels});
    stage.mlp_widths.push_back(width);

    const std::string gamma = prefix + "gamma";
    if (checkpoint_.find(gamma) != nullptr) {
      config_.layer_scale = true;
      expect(claim(gamma), {channels});
    }
  }

  void read_norm() {
    const std::int64_t channels = config_.stages.back().channels;
    expect(claim("norm.weight"), {channels});
    expect(claim("norm.bias"), {channels});
  }

  void read_head() {
    const std::int64_t channels = config_.stages.back().channels;
    const TensorView& head = claim("head.weight");
    if (head.shape.rank() != 2 || head.shape[0] < 1) {
      fail(head, "must be a matrix, has shape " + head.shape.text());
    }
    config_.classes = head.shape[0];
    expect(head, {config_.classes, channels});
    expect(claim("head.bias"), {config_.classes});
  }

  /// Throws FormatError if a tensor was not claimed. Such a tensor belongs to another network, and
  /// labels computed without the tensor would be wrong.
  void refuse_unknown_tensors() const {
    for (const TensorView& tensor : checkpoint_.tensors()) {
      if (claimed_.contains(tensor.name)) continue;
      const std::string alteration = alteration_named(tensor.name);
      fail(tensor, alteration.empty() ? "does not belong to a GFNet" : alteration);
    }
    if (!checkpoint_.unreadable().empty()) throw checkpoint_.unreadable().begin()->second;
  }

  const TensorView& claim(const std::string& name) {
    const TensorView* const tensor = checkpoint_.find(name);
    if (tensor == nullptr) {
      throw FormatError(checkpoint_.path(), why_missing(checkpoint_, name), name);
    }
    if (!is_floating_point(tensor->dtype)) {
      const bool is_byte = tensor->dtype == DType::kI8 || tensor->dtype == DType::kU8;
      fail(*tensor,
           fmt::format("must hold floating-point numbers, holds {}{}", name_of(tensor->dtype),
                       is_byte ? "; it seems to be quantised" : ""));
    }
    claimed_.insert(name);
    return *tensor;
  }

  void expect(const TensorView& tensor, const Shape& shape) const {
    if (tensor.shape != shape) {
      fail(tensor, fmt::format("has shape {}, expected {}", tensor.shape.text(), shape.text()));
    }
  }

  [[noreturn]] void fail(const TensorView& tensor, const std::string& cause) const {
    throw FormatError(checkpoint_.path(), cause, tensor.name);
  }

  const Checkpoint& checkpoint_;
  /// The names of all entries.
  std::set<std::string_view> names_;
  Config config_;
  std::set<std::string, std::less<>> claimed_;
};

}  // namespace

std::int64_t Config::depth() const {
  std::int64_t blocks = 0;
  for (const Stage& stage : stages) blocks += stage.depth;
  return blocks;
}

Config infer_config(const Checkpoint& checkpoint) { return ConfigReader(checkpoint).read(); }

double count_macs(const Config& config) {
  double macs = 0;
  std::int64_t channels_in = config.input_channels;
  for (const Stage& stage : config.stages) {
    const double tokens = static_cast<double>(stage.grid.area());
    const double channels = static_cast<double>(stage.channels);
    macs += tokens * channels * static_cast<double>(stage.patch.area() * channels_in);
    for (std::int64_t width : stage.mlp_widths) {
      macs += 2 * tokens * channels * static_cast<double>(width);
      macs += channels * tokens * std::log2(tokens) + channels * tokens;
    }
    channels_in = stage.channels;
  }
  return macs + static_cast<double>(channels_in * config.classes);
}

std::int64_t count_parameters(const Checkpoint& checkpoint) {
  std::int64_t count = 0;
  for (const TensorView& tensor : checkpoint.tensors()) count += tensor.shape.elements();
  return count;
}

std::string block_prefix(const Config& config, std::size_t stage, std::int64_t block) {
  const std::string stage_part = config.pyramid ? fmt::format("{}.", stage) : "";
  return fmt::format("blocks.{}{}.", stage_part, block);
}

std::string patch_embed_prefix(const Config& config, std::size_t stage) {
  return config.pyramid ? fmt::format("patch_embed.{}.proj.", stage) : "patch_embed.proj.";
}

}  // namespace gfnet::model
