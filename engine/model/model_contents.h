#pragma once

#include <memory>

#include "checkpoint/checkpoint.h"
#include "gfnet/model.h"
#include "model/config.h"
#include "model/model_metadata.h"
#include "model/preprocessing.h"

namespace gfnet::model {

/// The contents of a Model: the tensors and the facts inferred from them.
struct Contents {
  checkpoint::Checkpoint checkpoint;
  Config config;
  Metadata metadata;
  Preprocessing preprocessing;
  ModelDescription description;
  /// If these contents were converted to another resolution: the contents at the checkpoint file's
  /// own resolution. Else null.
  std::shared_ptr<const Contents> native;
};

/// The model's contents. The reference is valid as long as any copy of the model exists.
const Contents& contents_of(const Model& model);

}  // namespace gfnet::model
