#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "result_row.h"

namespace app {

// Parquet files of results, with the columns that the CSV format has: path, then class, label and
// probability for each of the top k, then what went wrong; null is what a row has not. What is
// declared here throws std::runtime_error, with a cause that names no file.

class ParquetWriter {
 public:
  virtual ~ParquetWriter() = default;

  /// Keeps the rows of a group in memory. All texts must be UTF-8.
  virtual void add(const ResultRow& row) = 0;
  /// Without it there is no Parquet file.
  virtual void close() = 0;
};

class ParquetReader {
 public:
  virtual ~ParquetReader() = default;

  virtual std::uint64_t rows() const = 0;
  /// So many times.
  virtual ResultRow next() = 0;
};

/// The module that holds Apache Arrow.
struct ParquetModule {
  std::unique_ptr<ParquetWriter> (*create)(const std::string& path, std::int64_t top_k);
  /// Null if the file is not one that create() has made, with the same top_k.
  std::unique_ptr<ParquetReader> (*open)(const std::string& path, std::int64_t top_k);
};

/// Loaded when it is first asked for: to start with Apache Arrow takes gfnet ten times as long, and
/// without it, or with another version than it was built with, gfnet would not start at all. Throws
/// UsageError if it is not there or cannot be loaded.
const ParquetModule& parquet_module();

}  // namespace app
