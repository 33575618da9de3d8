#include <fmt/format.h>

#include <algorithm>

#include "output/csv_field.h"
#include "output/result_format.h"

namespace app {
namespace {

class CsvFormat : public RowFormat {
 public:
  explicit CsvFormat(std::int64_t top_k) : top_k_(top_k) {}

  std::string head() const override {
    std::string text = "path";
    for (std::int64_t i = 1; i <= top_k_; ++i) {
      text += fmt::format(",class_{0},label_{0},probability_{0}", i);
    }
    return text + ",error\r\n";
  }

  std::string row(const std::string& path, const gfnet::Classification& result,
                  std::span<const std::byte>) override {
    std::string text = csv_field(path);
    for (const gfnet::Prediction& p : result.top) {
      // From nine significant digits the same float can be read back.
      text += fmt::format(",{},{},{:.9g}", p.index, csv_field(p.label), p.probability);
    }
    return text + ",\r\n";
  }

  std::string failure(const std::string& path, const std::string& cause) override {
    return csv_field(path) + std::string(static_cast<std::size_t>(3 * top_k_ + 1), ',') +
           csv_field(cause) + "\r\n";
  }

  std::string row_start(const std::string& path) const override { return csv_field(path) + ","; }

  std::string path_of(const std::string& row) const override {
    if (!row.starts_with('"')) return row.substr(0, row.find(','));
    std::string path;
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (row[i] == '"' && row[++i] != '"') break;  // a quote in the field is doubled
      path += row[i];
    }
    return path;
  }

  std::string file_start() const override { return head(); }

  /// The end of a line is the end of the row only if the number of quotes in `text` is even. Inside
  /// a quoted field, this number is odd.
  bool is_whole(std::string_view text) const override {
    return text.ends_with("\r\n") && std::ranges::count(text, '"') % 2 == 0;
  }

  bool is_failure(std::string_view row) const override { return !row.ends_with(",\r\n"); }

 private:
  std::int64_t top_k_;
};

}  // namespace

std::unique_ptr<RowFormat> make_csv_format(std::int64_t top_k) {
  return std::make_unique<CsvFormat>(top_k);
}

}  // namespace app
