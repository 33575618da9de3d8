#include <fmt/format.h>
#include <gfnet/text.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "output/result_format.h"

namespace app {

// The parts of the page, embedded by CMake from the files in output/page.
std::string_view report_html();
std::string_view report_css();
std::string_view report_js();

namespace {

std::string base64(std::span<const std::byte> bytes) {
  constexpr const char* kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8u | (j < count ? std::to_integer<std::uint32_t>(bytes[i + j]) : 0);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= count ? kDigits[(group >> (18 - 6 * j)) & 63u] : '=';
    }
  }
  return text;
}

/// The text as a JSON string that can stand inside an HTML script element: no "<" can end the
/// element or begin a comment. Invalid UTF-8 is replaced.
std::string quoted(const std::string& text) {
  std::string json =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;) {
    json.replace(at, 1, "\\u003c");
  }
  return json;
}

/// The text as the content of an HTML element.
std::string html_text(const std::string& text) {
  std::string html;
  for (const char c : gfnet::printable(text)) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

/// Replaces the placeholder, which must be there.
void insert(std::string& page, const std::string& placeholder, std::string_view text) {
  page.replace(page.find(placeholder), placeholder.size(), text);
}

/// A row is a line of JSON in a script element at the end of the page. Browsers close the element
/// at the end of the file, so the page works even if the run was killed.
class HtmlFormat : public RowFormat {
 public:
  explicit HtmlFormat(const std::string& model) : head_(report_html()) {
    insert(head_, "@STYLE@", report_css());
    insert(head_, "@MODEL@", html_text(model));
    insert(head_, "@SCRIPT@", report_js());
  }

  std::string head() const override { return head_; }

  std::string row(const std::string& path, const gfnet::Classification& result,
                  std::span<const std::byte> thumbnail) override {
    std::string text = row_start(path);
    if (!thumbnail.empty()) text += fmt::format("\"image\":\"{}\",", base64(thumbnail));
    text += "\"top\":[";
    for (const gfnet::Prediction& p : result.top) {
      if (&p != &result.top.front()) text += ',';
      text += fmt::format("[{},{:.6g}]", quoted(p.label), p.probability);
    }
    return text + "]}\n";
  }

  std::string failure(const std::string& path, const std::string& cause) override {
    return fmt::format("{}\"error\":{}}}\n", row_start(path), quoted(cause));
  }

  std::string tail() override { return "</script>\n</body>\n</html>\n"; }

  std::string row_start(const std::string& path) const override {
    return fmt::format("{{\"path\":{},", quoted(path));
  }
  std::string path_of(const std::string& row) const override {
    const auto json = nlohmann::json::parse(row, nullptr, /*allow_exceptions=*/false);
    return json.is_object() ? json.value("path", "") : "";
  }

  std::string file_start() const override { return head_; }
  bool is_whole(std::string_view text) const override { return text.ends_with("}\n"); }
  bool is_failure(std::string_view row) const override { return row.ends_with("\"}\n"); }

 private:
  std::string head_;
};

}  // namespace

std::unique_ptr<RowFormat> make_html_format(const std::string& model) {
  return std::make_unique<HtmlFormat>(model);
}

}  // namespace app
