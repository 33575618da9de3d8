#include "api/explanation.h"

#include "graph/operation.h"

namespace gfnet::api {
namespace {

const StageDescription& stage_of(const ModelDescription& model, std::int64_t layer) {
  std::size_t stage = 0;
  for (; layer >= model.stages[stage].depth; ++stage) layer -= model.stages[stage].depth;
  return model.stages[stage];
}

/// Returns one number of each of the `count` pairs in `pairs`. first: 0 for the first number of
/// each pair, 1 for the second.
std::vector<float> every_second(const float* pairs, std::size_t count, std::size_t first) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = pairs[2 * i + first];
  return values;
}

}  // namespace

void add_class_maps(const std::vector<float>& maps, const ExplainOptions& options,
                    const ModelDescription& model, std::vector<Classification>& results) {
  const StageDescription& stage = model.stages.back();
  const auto tokens = static_cast<std::size_t>(stage.grid_height * stage.grid_width);
  const std::size_t count = maps.size() / results.size() / tokens;
  const float* next = maps.data();
  for (Classification& result : results) {
    for (std::size_t j = 0; j < count; ++j) {
      ClassMap map{options.class_index.value_or(result.top[j].index), stage.grid_height,
                   stage.grid_width, std::vector<float>(tokens)};
      for (std::size_t n = 0; n < tokens; ++n) map.values[n] = next[n * count + j];
      result.class_maps.push_back(std::move(map));
    }
    next += tokens * count;
  }
}

void add_spectra(const std::vector<float>& magnitudes, std::int64_t layer,
                 const ModelDescription& model, std::vector<Classification>& results) {
  const StageDescription& stage = stage_of(model, layer);
  const auto bins =
      static_cast<std::size_t>(stage.grid_height * graph::spectrum_width(stage.grid_width));
  const float* next = magnitudes.data();
  for (Classification& result : results) {
    const auto plane = [&](std::size_t first) {
      return full_plane(every_second(next, bins, first), stage.grid_height, stage.grid_width);
    };
    result.spectrum = LayerSpectrum{layer, stage.grid_height, stage.grid_width, plane(0), plane(1)};
    next += 2 * bins;
  }
}

}  // namespace gfnet::api
