#pragma once

#include <memory>

#include "checkpoint/checkpoint.h"
#include "gfnet/model.h"
#include "model/config.h"
#include "model/preprocessing.h"

namespace gfnet {

/// The contents of a Model: the tensors and the facts inferred from them.
struct Model::Contents {
  weights::Checkpoint checkpoint;
  model::Config config;
  model::Preprocessing preprocessing;
  ModelDescription description;
  /// The model at the resolution of its file. Null if these contents have that resolution already.
  std::shared_ptr<const Contents> native;
};

}  // namespace gfnet
