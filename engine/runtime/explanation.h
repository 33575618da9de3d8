#pragma once

#include <vector>

#include "gfnet/classifier.h"

/// From a network's outputs beside its own (model::Explanation) to what a classification holds.
namespace gfnet::runtime {

/// maps: [images · H·W, k].
void add_class_maps(const std::vector<float>& maps, const ExplainOptions& options,
                    const ModelDescription& model, std::vector<Classification>& results);

/// magnitudes: [images · H·(W/2+1), 2], before and after the filter.
void add_spectra(const std::vector<float>& magnitudes, std::int64_t layer,
                 const ModelDescription& model, std::vector<Classification>& results);

}  // namespace gfnet::runtime
