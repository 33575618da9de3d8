#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "output_file.h"
#include "result_format.h"

namespace app {

/// The Parquet file that a run makes. A Parquet file cannot be read without its footer, so a run
/// that ends early would leave nothing. Therefore rows first go to a journal of JSON lines beside
/// the file, and finish() makes the file from the journal. Until then, an earlier file stays. If
/// both a file and a journal exist, the journal counts.
class ParquetOutput {
 public:
  /// Throws UsageError if the path cannot be a Parquet file, or if the Arrow module cannot be
  /// loaded.
  static void check_usage(const std::string& path);
  /// All files that are written to: the journal, the Parquet file, and the unfinished form of each.
  static std::vector<std::string> files(const std::string& path);

  /// Opens the journal and keeps its content. With `resume`, if there is a file but no journal or
  /// an empty one, restores the journal from the file. Throws gfnet::FormatError, or UsageError if
  /// the file does not have this format and top_k.
  ParquetOutput(const std::string& path, std::int64_t top_k, bool resume);
  /// Keeps the journal only if it holds rows that the file does not.
  ~ParquetOutput();
  ParquetOutput(const ParquetOutput&) = delete;
  ParquetOutput& operator=(const ParquetOutput&) = delete;

  /// Format of the journal's rows.
  static std::unique_ptr<RowFormat> row_format();
  std::string journal_path() const;
  OutputFile& journal() { return *journal_; }

  /// Makes the file from the journal, which has `rows` rows. If the run is interrupted(), or if
  /// this throws gfnet::FormatError, the journal stays. remedy: text for the end of the error
  /// message, after the journal's name.
  void finish(std::uint64_t rows, const std::string& remedy);

 private:
  void restore_journal();
  /// False if the run was interrupted().
  bool convert(const std::string& target, std::uint64_t rows) const;

  std::string path_;
  std::int64_t top_k_;
  std::unique_ptr<OutputFile> journal_;
  /// Size of the journal, in bytes, when the file last held the same rows.
  std::optional<std::uint64_t> settled_;
};

}  // namespace app
