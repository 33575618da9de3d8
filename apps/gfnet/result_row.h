#pragma once

#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// What became of an input: labels, or why there are none.
struct ResultRow {
  std::string path;
  /// index, label and probability of each.
  std::vector<gfnet::Prediction> top;
  std::string cause;
};

}  // namespace app
