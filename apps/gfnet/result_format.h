#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "result_row.h"

namespace app {

/// The text of results: one row an input, what failed included.
class ResultFormat {
 public:
  virtual ~ResultFormat() = default;

  virtual std::string head() const { return ""; }
  virtual std::string row(const std::string& path, const gfnet::Classification& result) = 0;
  virtual std::string failure(const std::string& path, const std::string& cause) = 0;
  /// What could be written only when all was known.
  virtual std::string tail() { return ""; }
};

/// A format whose file can be told apart into rows again.
class RowFormat : public ResultFormat {
 public:
  /// What the row of this input begins with, whatever became of it.
  virtual std::string row_start(const std::string& path) const = 0;
  /// What any file of this format begins with, if it is not empty.
  virtual std::string file_start() const = 0;
  /// Whether text, from the start of a row to the end of a line, is a whole row.
  virtual bool is_whole(std::string_view text) const = 0;
  /// Whether a whole row is one of failure().
  virtual bool is_failure(std::string_view row) const = 0;
};

/// RFC 4180: a header, then path, then class, label and probability for each of the top k, then
/// what went wrong. A picture that has a label has no error, one with an error no label.
std::unique_ptr<RowFormat> make_csv_format(std::int64_t top_k);

/// An object a line: {"path", "predictions": [{"class", "label", "probability"}, …]}, or
/// {"path", "error"}. What of a path is no UTF-8 is replaced. with_synsets: a prediction has its
/// class's "synset" as well, if that is known.
std::unique_ptr<RowFormat> make_json_lines_format(bool with_synsets = true);

/// What such a line says; nothing if it is none.
std::optional<ResultRow> parse_json_line(const std::string& line);

/// For people: the winner with a bar, then the others. Failures are not in it, stderr has them.
/// Columns are as wide as their widest cell, so that some hundred rows come at a time.
std::unique_ptr<ResultFormat> make_table_format(std::int64_t top_k);

}  // namespace app
