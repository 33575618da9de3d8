#include "model/resolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "gfnet/error.h"

namespace gfnet::model {
namespace {

using checkpoint::Checkpoint;
using checkpoint::TensorView;
using graph::Extent;

/// Linear interpolation between two points of a line:
/// value[low] + weight · (value[high] − value[low]).
struct Sample {
  std::size_t low = 0;
  std::size_t high = 0;
  double weight = 0;
};

std::vector<Sample> samples(std::int64_t from, std::int64_t to, Alignment alignment) {
  std::vector<Sample> line;
  for (std::int64_t i = 0; i < to; ++i) {
    double at = 0;
    if (alignment == Alignment::kEdges) {
      at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) -
           0.5;
    } else if (to > 1) {
      at = static_cast<double>(i * (from - 1)) / static_cast<double>(to - 1);
    }
    at = std::clamp(at, 0.0, static_cast<double>(from - 1));
    const auto low = static_cast<std::size_t>(at);
    line.push_back({low, std::min(low + 1, static_cast<std::size_t>(from - 1)),
                    at - static_cast<double>(low)});
  }
  return line;
}

double between(double low, double high, double weight) { return low + weight * (high - low); }

std::string text(const Extent& size) { return fmt::format("{}×{}", size.height, size.width); }

void check_multiple(const Config& config, const Extent& image) {
  const Extent step = resolution_step(config);
  if (image.height > 0 && image.width > 0 && image.height % step.height == 0 &&
      image.width % step.width == 0) {
    return;
  }
  throw ArgumentError(
      fmt::format("the model cannot run at {} pixels: its patches{} need multiples of {}",
                  text(image), config.stages.size() > 1 ? " and stages" : "",
                  step.height == step.width ? std::to_string(step.height) : text(step)));
}

/// Throws ArgumentError if the number of tokens overflows. Afterwards, the sizes of grids and
/// tensors can be computed.
void check_countable(const Config& config, const Extent& image) {
  constexpr double kMostTokens = 0x1p62;
  const Extent& patch = config.stages.front().patch;
  const double tokens = static_cast<double>(image.height / patch.height) *
                        static_cast<double>(image.width / patch.width);
  if (tokens <= kMostTokens) return;
  throw ArgumentError(fmt::format(
      "the model cannot run at {} pixels: that is more than can be counted", text(image)));
}

/// Throws ArgumentError if a tensor is larger than any storage buffer in Vulkan. Called before the
/// slow interpolation starts.
void check_bindable(const std::string& name, const Shape& shape, const Extent& image) {
  // maxStorageBufferRange has 32 bits.
  constexpr double kMostBytes = 4294967295.0;
  double bytes = sizeof(float);
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) bytes *= static_cast<double>(shape[axis]);
  if (bytes <= kMostBytes) return;
  throw ArgumentError(fmt::format(
      "the model cannot run at {} pixels: its '{}' would have {:.0f} GiB, more than any Vulkan "
      "device binds",
      text(image), name, std::floor(bytes / (1 << 30))));
}

}  // namespace

std::vector<float> interpolate(std::span<const float> values, const Extent& from, const Extent& to,
                               std::int64_t channels, Alignment alignment) {
  const auto width = static_cast<std::size_t>(from.width);
  const auto depth = static_cast<std::size_t>(channels);
  const std::vector<Sample> columns = samples(from.width, to.width, alignment);
  std::vector<float> result;
  result.reserve(static_cast<std::size_t>(to.area() * channels));
  for (const Sample& row : samples(from.height, to.height, alignment)) {
    for (const Sample& column : columns) {
      for (std::size_t c = 0; c < depth; ++c) {
        const auto at = [&](std::size_t h, std::size_t w) {
          return static_cast<double>(values[(h * width + w) * depth + c]);
        };
        const double top =
            between(at(row.low, column.low), at(row.low, column.high), column.weight);
        const double bottom =
            between(at(row.high, column.low), at(row.high, column.high), column.weight);
        result.push_back(static_cast<float>(between(top, bottom, row.weight)));
      }
    }
  }
  return result;
}

Extent resolution_step(const Config& config) {
  Extent step{1, 1};
  for (const Stage& stage : config.stages) {
    step.height *= stage.patch.height;
    step.width *= stage.patch.width;
  }
  return step;
}

Checkpoint at_resolution(const Checkpoint& checkpoint, const Config& config, const Extent& image) {
  check_multiple(config, image);
  check_countable(config, image);
  struct Interpolation {
    Extent from;
    Extent to;
    std::int64_t channels;
    Alignment alignment;
    Shape shape;
  };
  std::map<std::string, Interpolation> interpolations;
  Extent to = image;
  for (std::size_t index = 0; index < config.stages.size(); ++index) {
    const Stage& stage = config.stages[index];
    const Extent from = stage.grid;
    to = {to.height / stage.patch.height, to.width / stage.patch.width};
    if (index == 0) {
      interpolations["pos_embed"] = {
          from, to, stage.channels, Alignment::kEdges, {1, to.area(), stage.channels}};
    }
    const Extent bins_from{from.height, graph::spectrum_width(from.width)};
    const Extent bins_to{to.height, graph::spectrum_width(to.width)};
    for (std::int64_t block = 0; block < stage.depth; ++block) {
      interpolations[block_prefix(config, index, block) + "filter.complex_weight"] = {
          bins_from,
          bins_to,
          2 * stage.channels,
          Alignment::kCorners,
          {bins_to.height, bins_to.width, stage.channels, 2}};
    }
  }
  for (const auto& [name, each] : interpolations) check_bindable(name, each.shape, image);
  std::map<std::string, checkpoint::DenseTensor> replaced;
  for (const auto& [name, each] : interpolations) {
    replaced[name] = {each.shape, interpolate(checkpoint.at(name).to_f32(), each.from, each.to,
                                              each.channels, each.alignment)};
  }
  return checkpoint.with(std::move(replaced));
}

}  // namespace gfnet::model
