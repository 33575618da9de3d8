#pragma once

#include <memory>

#include "gfnet/model.h"
#include "model/config.h"
#include "model/preprocessing.h"
#include "weights/checkpoint.h"

namespace gfnet {

/// What a Model holds: the tensors and what was read off them.
struct Model::Contents {
  weights::Checkpoint checkpoint;
  model::Config config;
  model::Preprocessing preprocessing;
  ModelDescription description;
  /// The network as its file has it, of which this is another resolution; null if this is it.
  std::shared_ptr<const Contents> native;
};

}  // namespace gfnet
