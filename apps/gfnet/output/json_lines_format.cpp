#include <nlohmann/json.hpp>

#include "output/result_format.h"

namespace app {
namespace {

/// The JSON value as text on one line. Invalid UTF-8 is replaced: file names may contain invalid
/// UTF-8, JSON must not.
std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class JsonLinesFormat : public RowFormat {
 public:
  explicit JsonLinesFormat(bool with_synsets) : with_synsets_(with_synsets) {}

  std::string row(const std::string& path, const gfnet::Classification& result,
                  std::span<const std::byte>) override {
    nlohmann::ordered_json row;
    row["path"] = path;
    row["predictions"] = nlohmann::ordered_json::array();
    for (const gfnet::Prediction& p : result.top) {
      nlohmann::ordered_json prediction{{"class", p.index}, {"label", p.label}};
      if (with_synsets_ && !p.synset.empty()) prediction["synset"] = p.synset;
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
    text.back() = ',';  // replaces the closing brace
    return text;
  }

  std::string path_of(const std::string& row) const override {
    const auto json = nlohmann::json::parse(row, nullptr, /*allow_exceptions=*/false);
    return json.is_object() ? json.value("path", "") : "";
  }

  std::string file_start() const override { return "{\"path\":\""; }
  bool is_whole(std::string_view text) const override { return text.ends_with("}\n"); }
  bool is_failure(std::string_view row) const override { return !row.ends_with("]}\n"); }

 private:
  bool with_synsets_;
};

}  // namespace

std::unique_ptr<RowFormat> make_json_lines_format(bool with_synsets) {
  return std::make_unique<JsonLinesFormat>(with_synsets);
}

std::optional<ResultRow> parse_json_line(const std::string& line) {
  try {
    const auto json = nlohmann::json::parse(line);
    ResultRow row{.path = json.at("path"), .top = {}, .cause = json.value("error", "")};
    if (!row.cause.empty()) return row;
    for (const auto& prediction : json.at("predictions")) {
      gfnet::Prediction p;
      p.index = prediction.at("class");
      p.label = prediction.at("label");
      p.probability = prediction.at("probability");
      row.top.push_back(std::move(p));
    }
    return row;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace app
