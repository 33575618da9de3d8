#include "result_writer.h"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "table.h"
#include "terminal.h"

namespace app {
namespace {

constexpr std::size_t kBarColumns = 12;
constexpr std::size_t kPathColumns = 48;

std::string percent(float probability) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100.0 * probability);
  return text;
}

/// A float's digits, so that reading them back gives the same float.
std::string exact(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

/// For people: the winner with a bar, then the others. Columns are as wide as their widest cell, so
/// it is written at the end.
class TableWriter : public ResultWriter {
 public:
  explicit TableWriter(std::ostream& out, std::int64_t top_k) : out_(out), top_k_(top_k) {}

  void write(const std::string& path, const gfnet::Classification& result) override {
    const gfnet::Prediction& best = result.top.front();
    std::string others;
    for (std::size_t i = 1; i < result.top.size(); ++i) {
      others += (i > 1 ? ", " : "") + gfnet::printable(result.top[i].label) + " " +
                percent(result.top[i].probability);
    }
    std::vector<std::string> row{shortened(path), gfnet::printable(best.label),
                                 bar(best.probability, kBarColumns), percent(best.probability)};
    if (top_k_ > 1) row.push_back(others);
    table_.add(std::move(row));
  }

  void finish() override { out_ << table_.text(); }

 private:
  /// Of a long path the end tells most.
  static std::string shortened(const std::string& path) {
    const std::string clean = gfnet::printable(path);
    if (display_width(clean) <= kPathColumns) return clean;
    return "…/" + gfnet::printable(std::filesystem::path(path).filename().string());
  }

  static std::vector<Column> columns(std::int64_t top_k) {
    std::vector<Column> columns{{"picture", Align::kLeft},
                                {"label", Align::kLeft},
                                {"", Align::kLeft},
                                {"", Align::kRight}};
    if (top_k > 1) columns.push_back({"or", Align::kLeft});
    return columns;
  }

  std::ostream& out_;
  std::int64_t top_k_;
  Table table_{columns(top_k_)};
};

class CsvWriter : public ResultWriter {
 public:
  CsvWriter(std::ostream& out, std::int64_t top_k) : out_(out) {
    out_ << "path";
    for (std::int64_t i = 1; i <= top_k; ++i) {
      out_ << ",class_" << i << ",label_" << i << ",probability_" << i;
    }
    out_ << "\r\n";
  }

  void write(const std::string& path, const gfnet::Classification& result) override {
    out_ << quoted(path);
    for (const gfnet::Prediction& p : result.top) {
      out_ << "," << p.index << "," << quoted(p.label) << "," << exact(p.probability);
    }
    out_ << "\r\n";
  }

 private:
  static std::string quoted(const std::string& field) {
    if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
    std::string text = "\"";
    for (char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
  }

  std::ostream& out_;
};

class JsonLinesWriter : public ResultWriter {
 public:
  explicit JsonLinesWriter(std::ostream& out) : out_(out) {}

  void write(const std::string& path, const gfnet::Classification& result) override {
    nlohmann::ordered_json row{{"path", path}};
    for (const gfnet::Prediction& p : result.top) {
      row["predictions"].push_back(
          {{"class", p.index}, {"label", p.label}, {"probability", p.probability}});
    }
    // A file's name need not be valid UTF-8, JSON must be.
    out_ << row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  }

 private:
  std::ostream& out_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_result_writer(const std::string& format, std::ostream& out,
                                                 std::int64_t top_k) {
  if (format == "table") return std::make_unique<TableWriter>(out, top_k);
  if (format == "jsonl") return std::make_unique<JsonLinesWriter>(out);
  return std::make_unique<CsvWriter>(out, top_k);
}

}  // namespace app
