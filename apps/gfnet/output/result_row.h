#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <optional>
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

/// The result of an image whose class is known.
struct EvaluatedRow {
  std::string path;
  /// The true class.
  std::int64_t expected = 0;
  std::string expected_label;
  /// The most probable class. Only index, label and probability are used. Nothing if the image
  /// failed.
  std::optional<gfnet::Prediction> best;
  std::string cause;

  bool is_correct() const { return best && best->index == expected; }
};

}  // namespace app
