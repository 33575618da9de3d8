#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <string>

#include "inputs/input.h"
#include "output/output_file.h"

namespace app {

/// The file with one row for each image of an evaluation: path, true class and its label, most
/// probable class, its label and probability, whether both classes are the same, and the cause if
/// the image failed. The ending of the name chooses CSV (.csv) or JSON lines (.jsonl). Whenever the
/// process ends, the file holds only whole rows.
class EvaluationRows {
 public:
  /// Throws UsageError if the name has another ending.
  static void check_usage(const std::string& path);

  /// Empties the file. `model` must outlive this object. Throws gfnet::FormatError.
  EvaluationRows(const std::string& path, const gfnet::Model& model);

  /// expected: the true class. Throws gfnet::FormatError.
  void add(const Input& input, std::int64_t expected, const gfnet::Prediction& best);
  /// Adds the row of a failed input, whose Input::cause is set. Throws gfnet::FormatError.
  void add_failure(const Input& input, std::int64_t expected);

 private:
  const gfnet::Model& model_;
  bool is_json_;
  OutputFile file_;
};

}  // namespace app
