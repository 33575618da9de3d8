#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <string>

#include "evaluation/class_counts.h"
#include "output/replaced_file.h"

namespace app {

/// A file that gets the confusion matrix: a table (.csv) or a drawing (.png), by the ending of its
/// name.
class ConfusionFile {
 public:
  /// Largest number of classes. The files grow with the square of this number.
  static constexpr std::int64_t kMostClasses = 4096;

  /// Throws UsageError if the name has another ending, or if there are too many classes.
  static void check_usage(const std::string& path, std::int64_t classes);

  /// Checks that the file can be written, so that a long run does not end without it. The content
  /// of a file that exists stays until write(), which replaces it as a whole. Throws
  /// gfnet::FormatError.
  explicit ConfusionFile(const std::string& path);

  /// Writes the matrix. The CSV has a row for each true class: its number, its label, and the
  /// number of its images that were labelled as each class, in class order. The titles of these
  /// columns are the labels. Throws gfnet::FormatError.
  void write(const ClassCounts& counts, const gfnet::Model& model) const;

 private:
  bool is_drawing_;
  ReplacedFile file_;
};

}  // namespace app
