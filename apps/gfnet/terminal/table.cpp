#include "terminal/table.h"

#include <algorithm>

#include "terminal/terminal.h"

namespace app {
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

std::string Table::text() const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    widths.push_back(display_width(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text = line_of(titles, columns_, widths);
  std::vector<std::string> rules;
  for (std::size_t width : widths) {
    std::string rule;
    for (std::size_t i = 0; i < width; ++i) rule += "─";
    rules.push_back(rule);
  }
  text += line_of(rules, columns_, widths);
  for (const auto& row : rows_) text += line_of(row, columns_, widths);
  return text;
}

}  // namespace app
