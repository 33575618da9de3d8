#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "gfnet/export.h"

namespace gfnet {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  /// In terminal columns. The column is as wide as the widest cell, but never narrower than this.
  std::size_t least_width = 0;
};

/// Rows of text under titles, for a terminal.
class GFNET_API Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row: one cell per column. Throws ArgumentError if there are more or fewer.
  void add(std::vector<std::string> cells);

  /// The lines above the rows: none, the titles, or the titles and a rule below them.
  enum class Head { kNone, kTitles, kTitlesAndRule };
  /// Returns the table as text. Two spaces separate the columns. Every line ends with a newline.
  std::string text(Head head = Head::kTitlesAndRule) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace gfnet
