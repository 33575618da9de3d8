#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "output/output_file.h"
#include "output/result_format.h"

namespace app {

/// The Parquet file that a run writes. A Parquet file cannot be read without its footer, which is
/// written last, so a run that ends early would leave nothing. Therefore rows first go to a
/// journal: a file of JSON lines beside the Parquet file. finish() makes the Parquet file from the
/// journal. Until then, the Parquet file of an earlier run stays. If both files exist, the journal
/// has the valid rows.
class ParquetOutput {
 public:
  /// Throws UsageError if `path` is empty or names something other than a regular file, or if the
  /// Arrow module (see parquet_module()) cannot be loaded.
  static void check_usage(const std::string& path);
  /// All files that a run with this output path writes: the journal, the Parquet file, and the
  /// temporary file of each.
  static std::vector<std::string> files(const std::string& path);

  /// Throws UsageError if one of these files, other than the Parquet file, exists and was not left
  /// by an earlier run.
  static void check_side_files(const std::string& path);

  /// Opens the journal, the file that rows go to first, and keeps its content. path: the Parquet
  /// file. With `resume`, if the journal is absent or empty and the Parquet file exists, restores
  /// the rows of the journal from the Parquet file. Throws gfnet::FormatError if a file cannot be
  /// read or written. Throws UsageError if the Parquet file was not written with this format and
  /// top_k.
  ParquetOutput(const std::string& path, std::int64_t top_k, bool resume);
  /// Removes the journal if the journal is empty or if the Parquet file holds all rows of the
  /// journal.
  ~ParquetOutput();
  ParquetOutput(const ParquetOutput&) = delete;
  ParquetOutput& operator=(const ParquetOutput&) = delete;

  /// Format of the rows in the journal: JSON lines without synsets.
  static std::unique_ptr<RowFormat> row_format();
  std::string journal_path() const;
  OutputFile& journal() { return *journal_; }

  /// Makes the Parquet file from the journal. rows: number of rows in the journal. The journal
  /// stays if the run is interrupted() or an error is thrown. remedy: text that follows the
  /// journal's name at the end of the error message. Throws gfnet::FormatError.
  void finish(std::uint64_t rows, const std::string& remedy);

 private:
  void restore_journal();
  /// Writes the rows of the journal to the Parquet file `target`. Returns false if the run was
  /// interrupted().
  bool convert(const std::string& target, std::uint64_t rows) const;

  std::string path_;
  std::int64_t top_k_;
  std::unique_ptr<OutputFile> journal_;
  /// Size of the journal, in bytes, when the journal and the Parquet file last held the same rows.
  /// Nothing if the two files have not held the same rows during this run.
  std::optional<std::uint64_t> settled_;
};

}  // namespace app
