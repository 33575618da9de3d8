#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "result_row.h"

namespace app {

/// Text of results: one row per input, failed inputs included.
class ResultFormat {
 public:
  virtual ~ResultFormat() = default;

  virtual std::string head() const { return ""; }
  virtual std::string row(const std::string& path, const gfnet::Classification& result) = 0;
  virtual std::string failure(const std::string& path, const std::string& cause) = 0;
  /// Text after the last row.
  virtual std::string tail() { return ""; }
};

/// A format whose files can be split into rows again, so that a run can be resumed.
class RowFormat : public ResultFormat {
 public:
  /// First characters of this input's row, whether it was labelled or failed.
  virtual std::string row_start(const std::string& path) const = 0;
  /// First characters of every file of this format that is not empty.
  virtual std::string file_start() const = 0;
  /// Whether text, from the start of a row to the end of a line, is a whole row.
  virtual bool is_whole(std::string_view text) const = 0;
  /// Whether a whole row was made by failure().
  virtual bool is_failure(std::string_view row) const = 0;
};

/// CSV as in RFC 4180, with a header. Columns: path; class, label and probability of each of the
/// top k; error. A row has either labels or an error.
std::unique_ptr<RowFormat> make_csv_format(std::int64_t top_k);

/// One JSON object per line: {"path", "predictions": [{"class", "label", "probability"}, …]}, or
/// {"path", "error"}. Invalid UTF-8 in a path is replaced. with_synsets: a prediction also has its
/// class's "synset", if that is known.
std::unique_ptr<RowFormat> make_json_lines_format(bool with_synsets = true);

/// Parses such a line; nothing if it is malformed.
std::optional<ResultRow> parse_json_line(const std::string& line);

/// Table for people: the best class with a bar, then the others. Leaves out failures, which stderr
/// names. Columns are as wide as their widest cell, so rows appear some hundreds at a time.
std::unique_ptr<ResultFormat> make_table_format(std::int64_t top_k);

}  // namespace app
