#pragma once

#include <memory>

#include "checkpoint/checkpoint.h"
#include "gfnet/model.h"
#include "model/config.h"
#include "model/preprocessing.h"

namespace gfnet {

/// The contents of a Model: the tensors and the facts inferred from them.
struct Model::Contents {
  checkpoint::Checkpoint checkpoint;
  model::Config config;
  model::Preprocessing preprocessing;
  ModelDescription description;
  /// The contents at the resolution of the checkpoint file, if these contents were converted from
  /// it to another resolution. Else null.
  std::shared_ptr<const Contents> native;
};

}  // namespace gfnet
