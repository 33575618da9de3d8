#include "gfnet/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gfnet/error.h"
#include "gfnet/text.h"

namespace gfnet {
namespace {

std::string line_of(const std::vector<std::string>& cells, const std::vector<Column>& columns,
                    const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - display_width(cells[i]), ' ');
    if (i > 0) line += "  ";
    line += columns[i].align == Align::kLeft ? cells[i] + space : space + cells[i];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw ArgumentError(
        fmt::format("a row of {} cells for a table of {} columns", cells.size(), columns_.size()));
  }
  rows_.push_back(std::move(cells));
}

std::string Table::text(Head head) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    widths.push_back(std::max(columns_[i].least_width, display_width(columns_[i].title)));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  if (head != Head::kNone) text += line_of(titles, columns_, widths);
  if (head == Head::kTitlesAndRule) {
    std::vector<std::string> lines(widths.size());
    for (std::size_t i = 0; i < widths.size(); ++i) {
      for (std::size_t width = 0; width < widths[i]; ++width) lines[i] += "─";
    }
    text += line_of(lines, columns_, widths);
  }
  for (const auto& row : rows_) text += line_of(row, columns_, widths);
  return text;
}

}  // namespace gfnet
