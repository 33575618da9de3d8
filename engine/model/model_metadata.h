#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "model/config.h"

namespace gfnet::model {

/// What a checkpoint's metadata say about a model. Members that the metadata do not give are empty.
struct Metadata {
  /// Normalisation of each input channel, for values scaled to 0…1.
  std::optional<std::vector<float>> mean;
  std::optional<std::vector<float>> std;
  /// Side of the crop divided by the side of the resized image.
  std::optional<double> crop_ratio;
  /// One for each class.
  std::vector<std::string> labels;
};

/// Reads two of the checkpoint's metadata: `preprocessing`, a JSON object with mean, std and
/// crop_ratio, and `labels`, a JSON array with one string for each class. Other programs use the
/// same names for other things, so what does not have this form is ignored, with a logged warning
/// that names it. The texts are parsed without building JSON documents, so memory is bounded by
/// their sizes, and hostile nesting causes no recursion.
Metadata read_metadata(const checkpoint::Checkpoint& checkpoint, const Config& config);

}  // namespace gfnet::model
