#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "output/result_row.h"

namespace app {

// Parquet files of results, with the columns of the CSV format: path; class, label and probability
// of each of the top k; error. Absent values are null. All functions here throw std::runtime_error,
// with a cause that does not name the file.

class ParquetWriter {
 public:
  virtual ~ParquetWriter() = default;

  /// Adds a row. Rows stay in memory until their row group is complete and written. All texts in
  /// `row` must be UTF-8.
  virtual void add(const ResultRow& row) = 0;
  /// Writes the last row group and the footer. Without the footer the file cannot be read.
  virtual void close() = 0;
};

/// Writes the rows of an evaluation: path; true class and its label; most probable class, its label
/// and probability; whether both classes are the same; error. Otherwise as ParquetWriter.
class ParquetEvaluationWriter {
 public:
  virtual ~ParquetEvaluationWriter() = default;

  virtual void add(const EvaluatedRow& row) = 0;
  virtual void close() = 0;
};

class ParquetReader {
 public:
  virtual ~ParquetReader() = default;

  virtual std::uint64_t rows() const = 0;
  /// Returns the next row. Call it at most rows() times.
  virtual ResultRow next() = 0;
};

/// The functions of the Arrow module: a shared library that belongs to gfnet and links Apache
/// Arrow.
struct ParquetModule {
  std::unique_ptr<ParquetWriter> (*create)(const std::string& path, std::int64_t top_k);
  std::unique_ptr<ParquetEvaluationWriter> (*create_evaluation)(const std::string& path);
  /// Opens a file for reading. Returns null if the file is not a Parquet file with the columns that
  /// create() makes for the same top_k.
  std::unique_ptr<ParquetReader> (*open)(const std::string& path, std::int64_t top_k);
};

/// Returns the functions of the Arrow module: a shared library that belongs to gfnet and links
/// Apache Arrow. The first call loads the module. If gfnet itself linked Arrow, gfnet would take
/// ten times longer to start, and would not start at all if Arrow is missing or has another
/// version. Throws UsageError if the module is missing or cannot be loaded.
const ParquetModule& parquet_module();

}  // namespace app
