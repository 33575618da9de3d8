#pragma once

#include <vector>

#include "gfnet/classifier.h"

/// Adds the network's outputs of model::Explanation to the classifications of a batch.
namespace gfnet::runtime {

/// maps: [images · H·W, k], H×W: the last stage's grid, k: maps per image.
void add_class_maps(const std::vector<float>& maps, const ExplainOptions& options,
                    const ModelDescription& model, std::vector<Classification>& results);

/// Adds the spectrum of a layer to the classifications of a batch.
/// magnitudes: [images · H·(W/2+1), 2], before and after the layer's filter. H×W is the
/// layer's grid.
void add_spectra(const std::vector<float>& magnitudes, std::int64_t layer,
                 const ModelDescription& model, std::vector<Classification>& results);

}  // namespace gfnet::runtime
