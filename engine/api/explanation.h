#pragma once

#include <vector>

#include "gfnet/classifier.h"

/// Adds the outputs that explain a result, class maps and spectra, to the classifications of a
/// batch.
namespace gfnet::api {

/// Adds class maps (the share of each token in a class's logit) to the classifications of a batch.
/// maps: the network's output for class maps, [images · H·W, k]. H×W is the last stage's grid, k
/// the number of maps per image. If options.class_index is set, the maps show this class, otherwise
/// the most probable classes.
void add_class_maps(const std::vector<float>& maps, const ExplainOptions& options,
                    const ModelDescription& model, std::vector<Classification>& results);

/// Adds the spectrum of one spectral layer to the classifications of a batch. magnitudes: the
/// network's output for the spectrum, [images · H·(W/2+1), 2]. H×W is the layer's grid. The two
/// columns are the magnitudes before and after the layer's filter. layer: number of the spectral
/// layer.
void add_spectra(const std::vector<float>& magnitudes, std::int64_t layer,
                 const ModelDescription& model, std::vector<Classification>& results);

}  // namespace gfnet::api
