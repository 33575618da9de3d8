#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "gfnet/model.h"
#include "model/config.h"
#include "model/preprocessing.h"

namespace gfnet::model {

/// The contents of a Model: the tensors and the facts inferred from them.
struct Contents {
  checkpoint::Checkpoint checkpoint;
  Config config;
  Preprocessing preprocessing;
  /// The labels that the file holds; empty if it holds none.
  std::vector<std::string> labels;
  ModelDescription description;
  /// If these contents were converted to another resolution: the contents at the checkpoint file's
  /// own resolution. Else null.
  std::shared_ptr<const Contents> native;
};

/// The model's contents. The reference is valid as long as any copy of the model exists.
const Contents& contents_of(const Model& model);

}  // namespace gfnet::model
