#pragma once

#include "gfnet/gfnet.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "selfcheck/bounds.h"
#include "support/expanded.h"

namespace gfnet::test {

/// selfcheck::network_bound() of a whole model.
inline double network_bound(const Model& model) {
  const model::Contents& contents = model::contents_of(model);
  return selfcheck::network_bound(
      expanded(model::build_graph(contents.checkpoint, contents.config, 1)));
}

}  // namespace gfnet::test
