#include "commands/filter_limits.h"

#include <fmt/format.h>
#include <gfnet/drawing.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "command_line/usage_error.h"
#include "inputs/overwrite.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

/// What a drawing takes, or may take.
struct Cost {
  double bytes = 0;
  double steps = 0;  // each about as long as a multiplication of two complex numbers

  bool fits(const Cost& most) const { return bytes <= most.bytes && steps <= most.steps; }
};

constexpr double kStepsPerPixel = 70;  // of the drawing, mostly to compress it

Cost cost_of(std::span<const gfnet::LayerFilter> layers, std::int64_t channels) {
  const gfnet::ImageSize size = gfnet::filter_sheet_size(layers, channels);
  const double pixels = static_cast<double>(size.height) * static_cast<double>(size.width);
  // Three bytes a pixel for the drawing, and three for its rows while the PNG file is made.
  Cost cost{.bytes = 6 * pixels, .steps = kStepsPerPixel * pixels};
  for (const gfnet::LayerFilter& filter : layers) {
    const auto height = static_cast<double>(filter.height);
    const auto width = static_cast<double>(filter.width);
    const double bins = height * (width / 2 + 1);
    cost.bytes += bins * 8 * static_cast<double>(filter.channels);
    // The inverse transform of each channel, first over the height, then over the width.
    cost.steps +=
        bins * (height + width) * static_cast<double>(std::min(channels, filter.channels));
  }
  return cost;
}

/// Any checkpoint may be drawn at this cost: about two seconds of a processor.
constexpr Cost kAlways{.bytes = 200e6, .steps = 2.8e9};
/// A larger one may take so much for each byte: enough to draw every channel of the published ones.
constexpr Cost kForEachByte{.bytes = 8, .steps = 128};

Cost limits_of(const gfnet::ModelDescription& model) {
  double bytes = 0;
  for (const std::string& file : with_shards(text_of(model.path))) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path_of(file), error);
    if (!error) bytes += static_cast<double>(size);
  }
  return {.bytes = std::max(kAlways.bytes, kForEachByte.bytes * bytes),
          .steps = std::max(kAlways.steps, kForEachByte.steps * bytes)};
}

/// The most channels for which a drawing is within the limits; 0 if there is no such number.
std::int64_t most_channels(std::span<const gfnet::LayerFilter> layers, std::int64_t channels,
                           const Cost& most) {
  std::int64_t fitting = 0;
  for (std::int64_t beyond = channels; fitting + 1 < beyond;) {
    const std::int64_t middle = (fitting + beyond) / 2;
    (cost_of(layers, middle).fits(most) ? fitting : beyond) = middle;
  }
  return fitting;
}

}  // namespace

void check_filter_drawing(const gfnet::ModelDescription& model,
                          std::span<const gfnet::LayerFilter> layers, std::int64_t channels) {
  const Cost cost = cost_of(layers, channels);
  const Cost most = limits_of(model);
  if (cost.fits(most)) return;
  const bool is_memory = cost.bytes > most.bytes;
  const std::string need = is_memory ? fmt::format("{} of memory; at most {}",
                                                   megabytes(static_cast<std::int64_t>(cost.bytes)),
                                                   megabytes(static_cast<std::int64_t>(most.bytes)))
                                     : fmt::format("{:.1f} billion steps; at most {:.1f} billion",
                                                   cost.steps / 1e9, most.steps / 1e9);
  const std::int64_t fewer = most_channels(layers, channels, most);
  const std::string remedy = fewer > 0 ? fmt::format("; --channels {} can be drawn", fewer)
                             : layers.size() == 1 ? ""
                                                  : "; draw one layer at a time, with --layer";
  throw UsageError(fmt::format("{}: the drawing of {} layer{} takes {} for a file of this size{}",
                               text_of(model.path), layers.size(), layers.size() == 1 ? "" : "s",
                               need, remedy));
}

}  // namespace app
