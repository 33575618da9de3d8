#pragma once

#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// The result of an input: labels, or the cause of the failure.
struct ResultRow {
  std::string path;
  /// The most probable classes. Only index, label and probability of each prediction are set. Empty
  /// if the input failed.
  std::vector<gfnet::Prediction> top;
  std::string cause;
};

}  // namespace app
