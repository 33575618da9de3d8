#pragma once

#include <string>
#include <vector>

namespace app {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

/// Rows of text under titles, each column as wide as its widest cell.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row: one cell per column.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Returns the table with a line under the titles. Every line ends with a newline.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace app
