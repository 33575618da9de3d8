#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "output_file.h"
#include "result_format.h"

namespace app {

/// A Parquet file that a run makes. Before its end is written it is none, so that a run that is
/// ended early would leave nothing. Therefore the rows go to a journal of JSON lines beside it, as
/// those of other formats go to the output, and at the end the file is made of the journal. Until
/// then whatever had its name is there; a journal that is there has more to say.
class ParquetOutput {
 public:
  /// Throws UsageError if there can be no such file, or this gfnet makes none.
  static void check_usage(const std::string& path);
  /// All files that are written to: the journal, itself, and both unfinished.
  static std::vector<std::string> files(const std::string& path);

  /// Opens the journal, as it is. With resume, and where the file is there, but no journal, makes
  /// the journal that the file was made of. Throws gfnet::FormatError, or UsageError if the file is
  /// not one of these.
  ParquetOutput(const std::string& path, std::int64_t top_k, bool resume);
  /// Leaves a journal only if it holds rows that the file does not.
  ~ParquetOutput();
  ParquetOutput(const ParquetOutput&) = delete;
  ParquetOutput& operator=(const ParquetOutput&) = delete;

  /// Of the rows in the journal.
  static std::unique_ptr<RowFormat> row_format();
  std::string journal_path() const;
  OutputFile& journal() { return *journal_; }

  /// Makes the file of the journal's rows, so many; once the run is interrupted() it ends early. In
  /// that case, and where it throws gfnet::FormatError, the journal stays. remedy: what the error
  /// adds to that.
  void finish(std::uint64_t rows, const std::string& remedy);

 private:
  void restore_journal();
  /// False if the run was interrupted().
  bool convert(const std::string& target, std::uint64_t rows) const;

  std::string path_;
  std::int64_t top_k_;
  std::unique_ptr<OutputFile> journal_;
  /// The journal's size when the file was made of it.
  std::optional<std::uint64_t> settled_;
};

}  // namespace app
