#include <nlohmann/json.hpp>

#include "result_format.h"

namespace app {
namespace {

/// A file's name need not be valid UTF-8, JSON must be.
std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class JsonLinesFormat : public RowFormat {
 public:
  std::string row(const std::string& path, const gfnet::Classification& result) override {
    nlohmann::ordered_json row;
    row["path"] = path;
    for (const gfnet::Prediction& p : result.top) {
      nlohmann::ordered_json prediction{{"class", p.index}, {"label", p.label}};
      if (!p.synset.empty()) prediction["synset"] = p.synset;
      prediction["probability"] = p.probability;
      row["predictions"].push_back(std::move(prediction));
    }
    return text_of(row) + "\n";
  }

  std::string failure(const std::string& path, const std::string& cause) override {
    nlohmann::ordered_json row;
    row["path"] = path;
    row["error"] = cause;
    return text_of(row) + "\n";
  }

  std::string row_start(const std::string& path) const override {
    nlohmann::ordered_json row;
    row["path"] = path;
    std::string text = text_of(row);
    text.back() = ',';  // in the place of the closing brace
    return text;
  }

  std::string file_start() const override { return "{\"path\":\""; }
  bool is_whole(std::string_view text) const override { return text.ends_with("}\n"); }
  bool is_failure(std::string_view row) const override { return !row.ends_with("]}\n"); }
};

}  // namespace

std::unique_ptr<RowFormat> make_json_lines_format() { return std::make_unique<JsonLinesFormat>(); }

}  // namespace app
