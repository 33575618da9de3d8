#pragma once

#include <memory>
#include <string>
#include <vector>

#include "output/output_file.h"
#include "output/parquet/parquet_file.h"
#include "output/result_row.h"

namespace app {

/// The file with one row for each image of an evaluation: path, true class and its label, most
/// probable class, its label and probability, whether both classes are the same, and the cause if
/// the image failed. The ending of the name chooses CSV (.csv), JSON lines (.jsonl) or Parquet
/// (.parquet). Whenever the process ends, a CSV or JSON lines file holds only whole rows. A Parquet
/// file appears under its name when finish() has written all of it.
class EvaluationRows {
 public:
  /// Throws UsageError if the name has another ending, or if Parquet files cannot be written.
  static void check_usage(const std::string& path);
  /// All files that are written for the output `path`.
  static std::vector<std::string> files(const std::string& path);

  /// Throws UsageError if a file that is made beside `path` exists and was not left by an earlier
  /// run.
  static void check_side_files(const std::string& path);

  /// Empties the file. Throws gfnet::FormatError.
  explicit EvaluationRows(const std::string& path);
  /// Removes what was written of a Parquet file that is not finished.
  ~EvaluationRows();
  EvaluationRows(const EvaluationRows&) = delete;
  EvaluationRows& operator=(const EvaluationRows&) = delete;

  /// Throws gfnet::FormatError.
  void add(const EvaluatedRow& row);
  void finish();

 private:
  template <typename Work>
  void in_parquet(const Work& work) const;

  std::string path_;
  bool is_json_;
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<ParquetEvaluationWriter> parquet_;
};

}  // namespace app
