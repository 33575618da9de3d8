// docs/image-formats.md says of every format and form through which library it goes, and how far
// the pixels are from PIL's. With GFNET_WRITE_IMAGE_FORMATS=1 in the environment its table is
// written.
#include <doctest/doctest.h>

#include <array>
#include <map>

#include "fixtures.h"
#include "gfnet/error.h"
#include "image/decode.h"
#include "image/formats/formats.h"

namespace {

using namespace gfnet::test;
using gfnet::image::decode_image;
using gfnet::image::find_format;

constexpr const char* kHead =
    "| format | form | files | decoder | largest difference from PIL | with stb_image |\n"
    "| --- | --- | --- | --- | --- | --- |\n";

/// The samples of one form. A difference is in 1/255, and -1 if no file is read.
struct Row {
  std::string format;
  std::string form;
  int files = 0;
  std::string decoder;
  bool is_built = true;
  int difference = -1;
  int fallback = -1;
};

bool has_fallback(const std::string& decoder) {
  return decoder == "libjpeg-turbo" || decoder == "libpng" || decoder == "giflib";
}

std::vector<Row> measure() {
  std::vector<Row> rows;
  std::vector<Sample> samples;
  for (const auto& folder : {image_data_folder(), image_data_folder() / "optional"}) {
    for (const Sample& sample : read_samples(folder)) samples.push_back(sample);
  }
  for (const Sample& sample : samples) {
    const auto same = [&sample](const Row& row) {
      return row.format == sample.format && row.form == sample.form;
    };
    auto row = std::ranges::find_if(rows, same);
    if (row == rows.end()) {
      row = rows.insert(row, Row());
      row->format = sample.format;
      row->form = sample.form;
    }
    ++row->files;
    if (!sample.refusal.empty()) continue;
    const auto bytes = read_bytes(sample.path);
    const auto* const format = find_format(bytes);
    REQUIRE(format != nullptr);
    CHECK(format->name == sample.format);
    row->decoder = format->library.empty() ? "gfnet" : std::string(format->library);
    row->is_built = format->decode != nullptr;
    if (!row->is_built) continue;
    const auto expected = read_bytes(sample.pixels);
    const auto largest = [&](bool prefer_stb) {
      const auto image = decode_image(bytes, sample.name, {.prefer_stb = prefer_stb});
      return static_cast<int>(difference<std::uint8_t>(expected, image.rgb).largest);
    };
    row->difference = std::max(row->difference, largest(false));
    if (has_fallback(row->decoder)) row->fallback = std::max(row->fallback, largest(true));
  }
  return rows;
}

std::string number(int difference) { return difference < 0 ? "" : std::to_string(difference); }

std::string line_of(const Row& row) {
  const bool is_read = row.difference >= 0;
  const std::array<std::string, 6> cells{row.format,
                                         row.form,
                                         std::to_string(row.files),
                                         is_read ? row.decoder : "",
                                         is_read ? number(row.difference) : "not read",
                                         number(row.fallback)};
  std::string line = "|";
  for (const std::string& cell : cells) line += cell.empty() ? " |" : " " + cell + " |";
  return line + "\n";
}

/// The largest difference that a cell allows. Another version of a library may round a lossy format
/// otherwise.
int most(const std::string& cell) {
  if (cell.empty()) return -1;
  const int documented = std::stoi(cell);
  return documented == 0 ? 0 : documented + 2;
}

/// The cells of the table's lines, by format and form.
std::map<std::string, std::vector<std::string>> read_table(const std::string& text) {
  std::map<std::string, std::vector<std::string>> table;
  std::istringstream lines(text.substr(text.find(kHead) + std::strlen(kHead)));
  for (std::string line; std::getline(lines, line) && line.starts_with("|");) {
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t end = cell.find_last_not_of(' ');
      cells.push_back(cell.size() > 1 && end != std::string::npos ? cell.substr(1, end) : "");
    }
    REQUIRE(cells.size() == 6);
    table[cells[0] + ": " + cells[1]] = cells;
  }
  return table;
}

TEST_CASE("docs/image-formats.md says what is measured") {
  const auto path = repository() / "docs" / "image-formats.md";
  const auto bytes = read_bytes(path);
  std::string text(bytes.begin(), bytes.end());
  REQUIRE(text.find(kHead) != std::string::npos);
  const std::vector<Row> rows = measure();

  const char* const write = std::getenv("GFNET_WRITE_IMAGE_FORMATS");
  if (write != nullptr && std::string_view(write) == "1") {
    const std::size_t start = text.find(kHead);
    std::string table = kHead;
    for (const Row& row : rows) table += line_of(row);
    text = text.substr(0, start) + table +
           text.substr(std::min(text.size(), text.find("\n\n", start) + 1));
    std::ofstream(path, std::ios::binary) << text;
  }

  auto table = read_table(text);
  for (const Row& row : rows) {
    const std::string name = row.format + ": " + row.form;
    CAPTURE(name);
    REQUIRE(table.count(name) == 1);
    const std::vector<std::string> cells = table[name];
    table.erase(name);
    CHECK(cells[2] == std::to_string(row.files));
    if (!row.is_built) continue;
    if (row.difference < 0) {
      CHECK(cells[4] == "not read");
      continue;
    }
    // A build without the library decodes otherwise.
    const bool has_substitute = row.decoder == "stb_image" || row.decoder == "libheif";
    if (cells[3] != row.decoder && has_substitute) continue;
    CHECK(cells[3] == row.decoder);
    CHECK(row.difference <= most(cells[4]));
    CHECK(row.fallback <= most(cells[5]));
  }
  for (const auto& [name, cells] : table) FAIL_CHECK("no file of this form: ", name);
}

}  // namespace
