#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "output/result_row.h"

namespace app {

/// Makes the text of results: one row per input. Failed inputs have rows too, except in the table
/// for people.
class ResultFormat {
 public:
  virtual ~ResultFormat() = default;

  virtual std::string head() const { return ""; }
  /// The row of a labelled input. thumbnail: the input as a small JPEG file; empty if there is
  /// none. Only the HTML format shows it.
  virtual std::string row(const std::string& path, const gfnet::Classification& result,
                          std::span<const std::byte> thumbnail) = 0;
  virtual std::string failure(const std::string& path, const std::string& cause) = 0;
  /// Text after the last row.
  virtual std::string tail() { return ""; }
};

/// A format whose files can be split into rows again. Runs with such a format can be resumed.
class RowFormat : public ResultFormat {
 public:
  /// Returns the text with which the row of the input `path` begins. This text is the same for a
  /// labelled and for a failed input.
  virtual std::string row_start(const std::string& path) const = 0;
  /// The path of the input that a whole row is about. Bytes that are not UTF-8 may be replaced.
  virtual std::string path_of(const std::string& row) const = 0;
  /// The first characters of every file in this format, unless the file is empty.
  virtual std::string file_start() const = 0;
  /// Whether `text` is a whole row. text: from the start of a row to the end of a line. A line may
  /// end inside a quoted field of the row.
  virtual bool is_whole(std::string_view text) const = 0;
  /// Whether `row`, which is a whole row, is that of a failed input.
  virtual bool is_failure(std::string_view row) const = 0;
};

/// CSV as in RFC 4180, with a header. Columns: path; class, label and probability of each of the
/// top_k most probable classes; error. A row has either labels or an error.
std::unique_ptr<RowFormat> make_csv_format(std::int64_t top_k);

/// One JSON object per line: {"path", "predictions": [{"class", "label", "probability"}, …]}, or
/// {"path", "error"}. Invalid UTF-8 in a path is replaced. with_synsets: whether each prediction
/// also has the "synset" of its class, if the synset is known.
std::unique_ptr<RowFormat> make_json_lines_format(bool with_synsets = true);

/// Parses a line that a format of make_json_lines_format() has written. Returns nothing if the line
/// is malformed.
std::optional<ResultRow> parse_json_line(const std::string& line);

/// A page that shows the images with their labels in a browser, without anything from a network. It
/// can be searched, sorted and filtered. Each row is a line of JSON in the page: {"path", "image"
/// (the thumbnail in base64), "top": [[label, probability], …]}, or {"path", "error"}. model: name
/// of the model, for the title.
std::unique_ptr<RowFormat> make_html_format(const std::string& model);

/// Table for people: the best class with a bar, then the other classes. The table has no rows for
/// failed inputs; stderr names these inputs. Each column is as wide as its widest cell, so a table
/// can be written only when all its rows are known. Therefore rows are collected and written as one
/// table per 500 rows.
std::unique_ptr<ResultFormat> make_table_format(std::int64_t top_k);

}  // namespace app
