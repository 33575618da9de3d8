#include <gfnet/drawing.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include "command_line/command.h"
#include "command_line/options.h"
#include "commands/filter_limits.h"
#include "inputs/overwrite.h"
#include "output/drawing_file.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Table;

struct FiltersOptions {
  std::string model;
  std::string weights;
  std::optional<gfnet::ImageSize> size;
  std::string output;
  std::optional<std::int64_t> layer;
  std::int64_t channels = 0;

  /// Number of channels to draw per layer. If --channels is not given: 8, or 32 if only one layer
  /// is drawn, because this layer has the whole drawing.
  std::int64_t shown() const { return channels > 0 ? channels : (layer ? 32 : 8); }
};

/// The layers to draw, without their kernels. None if --layer names no layer.
std::vector<gfnet::LayerFilter> chosen_layers(const gfnet::ModelDescription& model,
                                              const FiltersOptions& options) {
  std::vector<gfnet::LayerFilter> layers;
  std::int64_t layer = 0;
  for (const gfnet::StageDescription& stage : model.stages) {
    for (std::int64_t i = 0; i < stage.depth; ++i, ++layer) {
      if (options.layer && *options.layer != layer) continue;
      layers.push_back({.layer = layer,
                        .name = {},
                        .height = stage.grid_height,
                        .width = stage.grid_width,
                        .channels = stage.channels,
                        .kernel = {}});
    }
  }
  return layers;
}

/// Throws UsageError if their drawing would take too much time or memory.
std::vector<gfnet::LayerFilter> chosen_filters(const gfnet::Model& model,
                                               const FiltersOptions& options) {
  const auto layers = chosen_layers(model.description(), options);
  if (!layers.empty()) {
    check_filter_drawing(model.description(), layers, options.shown());
  }
  if (options.layer) return {gfnet::layer_filter(model, *options.layer)};
  std::vector<gfnet::LayerFilter> filters;
  for (const auto& layer : layers) filters.push_back(gfnet::layer_filter(model, layer.layer));
  return filters;
}

std::string table_of(const std::vector<gfnet::LayerFilter>& filters, std::int64_t shown) {
  Table table({{"layer", Align::kRight},
               {"block", Align::kLeft},
               {"grid", Align::kRight},
               {"channels", Align::kRight},
               {"shown", Align::kRight}});
  for (const gfnet::LayerFilter& filter : filters) {
    table.add({std::to_string(filter.layer), filter.name, extent(filter.height, filter.width),
               std::to_string(filter.channels),
               std::to_string(gfnet::sheet_channels(filter.channels, shown).size())});
  }
  return table.text();
}

}  // namespace

void add_filters(CommandLine& line) {
  Command command = line.add(
      "filters", "Draw a checkpoint's learned filters in the frequency and the spatial domain");
  auto options = std::make_shared<FiltersOptions>();
  add_model_option(command, options->model,
                   "Checkpoint, or a name from gfnet models; default: the bundled model");
  add_weights_option(command, options->weights);
  add_size_option(command, options->size);
  command.option("--output", options->output, "PNG file for the drawing; - is stdout")
      .takes(ValueKind::kFile)
      .required();
  command.option("--layer", options->layer,
                 "Only this layer, counted from 0 over all stages; default: all");
  command
      .option("--channels", options->channels,
              "Channels per layer, spread evenly (8; 32 for a single layer)")
      .range(std::int64_t{1}, std::int64_t{1024});
  command.action([options] {
    const DrawingFile file(options->output);
    const gfnet::Model model = load_model(options->model, options->weights, options->size);
    const OverwriteGuard guard({file.path()}, {text_of(model.description().path)});
    const std::vector<gfnet::LayerFilter> filters = chosen_filters(model, *options);
    file.write(gfnet::filter_sheet(filters, options->shown()), table_of(filters, options->shown()));
    return kAllDone;
  });
}

}  // namespace app
