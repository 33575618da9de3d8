#include <fmt/format.h>
#include <gfnet/table.h>
#include <gfnet/text.h>

#include <filesystem>
#include <utility>

#include "output/result_format.h"
#include "system/paths.h"
#include "terminal/terminal.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Column;
using gfnet::Table;

constexpr std::size_t kBarColumns = 12;
constexpr std::size_t kPathColumns = 48;
/// Number of rows after which the table is written and a new table begins.
constexpr std::size_t kRowsShown = 500;

/// The path as the table shows it. If the path is wider than kPathColumns columns, it is shortened
/// to "…/" and the file name.
std::string shortened(const std::string& path) {
  const std::string clean = gfnet::printable(path);
  if (gfnet::display_width(clean) <= kPathColumns) return clean;
  return "…/" + gfnet::printable(text_of(path_of(path).filename()));
}

class TableFormat : public ResultFormat {
 public:
  explicit TableFormat(std::int64_t top_k) : top_k_(top_k) {}

  std::string row(const std::string& path, const gfnet::Classification& result,
                  std::span<const std::byte>) override {
    if (result.top.empty()) return add({shortened(path)});  // no head: features, but no classes
    const gfnet::Prediction& best = result.top.front();
    std::string others;
    for (std::size_t i = 1; i < result.top.size(); ++i) {
      others +=
          fmt::format("{}{} {}", i > 1 ? ", " : "", gfnet::printable(result.top[i].short_label),
                      percent(result.top[i].probability));
    }
    std::vector<std::string> row{shortened(path), gfnet::printable(best.short_label),
                                 bar(best.probability, kBarColumns), percent(best.probability)};
    if (top_k_ > 1) row.push_back(others);
    return add(std::move(row));
  }

  std::string failure(const std::string&, const std::string&) override { return ""; }

  std::string tail() override { return rows_ > 0 || !any_shown_ ? shown() : ""; }

 private:
  static std::vector<Column> columns(std::int64_t top_k) {
    if (top_k == 0) return {{"image", Align::kLeft}};
    std::vector<Column> columns{
        {"image", Align::kLeft}, {"label", Align::kLeft}, {"", Align::kLeft}, {"", Align::kRight}};
    if (top_k > 1) columns.push_back({"or", Align::kLeft});
    return columns;
  }

  /// Returns the table when it is full, else "".
  std::string add(std::vector<std::string> row) {
    table_.add(std::move(row));
    return ++rows_ < kRowsShown ? "" : shown();
  }

  std::string shown() {
    rows_ = 0;
    const bool is_first = !std::exchange(any_shown_, true);
    return (is_first ? "" : "\n") + std::exchange(table_, Table(columns(top_k_))).text();
  }

  std::int64_t top_k_;
  Table table_{columns(top_k_)};
  std::size_t rows_ = 0;
  bool any_shown_ = false;
};

}  // namespace

std::unique_ptr<ResultFormat> make_table_format(std::int64_t top_k) {
  return std::make_unique<TableFormat>(top_k);
}

}  // namespace app
