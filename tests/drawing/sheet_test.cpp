#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "base/utf8.h"
#include "drawing/canvas.h"
#include "drawing/resized.h"
#include "drawing/system_font.h"
#include "gfnet/drawing.h"
#include "gfnet/error.h"
#include "image/decode.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/temporary_directory.h"

using namespace gfnet;
using gfnet::test::Random;
using gfnet::test::random_image;

namespace {

std::size_t ink(const Image& image) {
  return static_cast<std::size_t>(std::ranges::count(image.rgb, 0));
}

/// Number of values that are not those of white. Smooth strokes need not be black anywhere.
std::ptrdiff_t marked(const Image& image) {
  return std::ssize(image.rgb) - std::ranges::count(image.rgb, 255);
}

}  // namespace

TEST_CASE("save_png: the file decodes to the same pixels") {
  Random random;
  CAPTURE(random.seed());
  const test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path());
  const auto path = directory.path() / "image.png";
  for (const auto& [width, height] : {std::pair{1u, 1u}, {7u, 300u}, {257u, 3u}}) {
    const Image image = random_image(random, width, height);
    save_png(path, image);
    CHECK(decode_image(encode_png(image)).rgb == image.rgb);
    const Image read = image::decode_image(path);
    CHECK(read.width == width);
    CHECK(read.height == height);
    CHECK(read.rgb == image.rgb);
  }
  CHECK_THROWS_AS(save_png(directory.path() / "no" / "folder.png", random_image(random, 2, 2)),
                  FormatError);
  CHECK_THROWS_AS(save_png(path, Image{}), ArgumentError);
  CHECK_THROWS_AS(save_png(path, Image{3, 3, std::vector<std::uint8_t>(26)}), ArgumentError);
}

TEST_CASE("resized and enlarged: a constant image stays constant and nothing is shifted") {
  Random random;
  const Image flat{3, 5, std::vector<std::uint8_t>(45, 77)};
  const Image larger = drawing::resized(flat, {40, 2});
  CHECK(larger.width == 40);
  CHECK(larger.height == 2);
  CHECK(std::ranges::all_of(larger.rgb, [](std::uint8_t v) { return v == 77; }));
  const Image same = random_image(random, 9, 4);
  CHECK(drawing::resized(same, {9, 4}).rgb == same.rgb);
  CHECK(drawing::enlarged(same, 1).rgb == same.rgb);
  const Image twice = drawing::enlarged(same, 2);
  CHECK(twice.rgb[(5 * 18 + 7) * 3] == same.rgb[(2 * 9 + 3) * 3]);
}

TEST_CASE("reduced: each pixel is the mean of its place, and small images stay") {
  Random random;
  CAPTURE(random.seed());
  const Image small = random_image(random, 30, 20);
  CHECK(reduced(small, 30).rgb == small.rgb);
  for (const auto& [width, height] : {std::pair{96u, 48u}, {1u, 300u}, {301u, 77u}, {5000u, 1u}}) {
    CAPTURE(width);
    const Image image = random_image(random, width, height);
    const Image less = reduced(image, 24);
    CHECK(std::max(less.width, less.height) == 24);
    for (std::size_t y = 0; y < less.height; ++y) {
      for (std::size_t x = 0; x < less.width; ++x) {
        double sum = 0;
        std::size_t pixels = 0;
        for (std::size_t v = y * height / less.height; v < (y + 1) * height / less.height; ++v) {
          for (std::size_t u = x * width / less.width; u < (x + 1) * width / less.width; ++u) {
            sum += image.rgb[(v * width + u) * 3 + 1];
            ++pixels;
          }
        }
        const double mean = sum / static_cast<double>(pixels);
        CHECK(std::abs(less.rgb[(y * less.width + x) * 3 + 1] - mean) <= 0.5);
      }
    }
  }
  CHECK_THROWS_AS(reduced(small, 0), ArgumentError);
  CHECK_THROWS_AS(reduced(Image{}, 10), ArgumentError);
  CHECK_THROWS_AS(reduced(Image{3, 3, std::vector<std::uint8_t>(26)}, 10), ArgumentError);
}

TEST_CASE("encode_jpeg: the bytes decode to nearly the same pixels") {
  Random random;
  CAPTURE(random.seed());
  // Smooth, because JPEG keeps only that.
  Image image{67, 41, {}};
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      for (const std::size_t value : {2 * x, 5 * y, 60 + x + y}) {
        image.rgb.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  const std::vector<std::byte> bytes = encode_jpeg(image, 90);
  const Image read = decode_image(bytes);
  REQUIRE(read.rgb.size() == image.rgb.size());
  CHECK(read.width == image.width);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    CHECK(std::abs(int{read.rgb[i]} - int{image.rgb[i]}) <= 8);
  }
  CHECK(encode_jpeg(image, 30).size() < bytes.size());
  for (const int quality : {0, 101, -1})
    CHECK_THROWS_AS(encode_jpeg(image, quality), ArgumentError);
  CHECK_THROWS_AS(encode_jpeg(Image{}, 90), ArgumentError);
  CHECK_THROWS_AS(encode_jpeg(Image{3, 3, std::vector<std::uint8_t>(26)}, 90), ArgumentError);
  CHECK_THROWS_AS(encode_jpeg(Image{65536, 1, std::vector<std::uint8_t>(3 * 65536)}, 90), Error);
}

TEST_CASE("drawing is clipped at the edges of the image") {
  Image image = drawing::filled({4, 4}, {255, 255, 255});
  drawing::fill(image, {-2, -2}, {3, 3}, {0, 0, 0});
  CHECK(ink(image) == 3);
  drawing::paste(image, drawing::filled({9, 9}, {0, 0, 0}), {3, 3});
  CHECK(ink(image) == 6);
  drawing::frame(image, {0, 0}, {4, 4}, 2, {0, 0, 0});
  CHECK(ink(image) == 6);
}

TEST_CASE("text: every character looks different and stays within text_width") {
  std::set<std::string> marks;
  for (char c = '!'; c <= '~'; ++c) {
    CAPTURE(c);
    Image image = drawing::filled({40, 40}, {255, 255, 255});
    const std::string text(1, c);
    drawing::draw_text(image, {4, 4}, text, 2, {0, 0, 0});
    CHECK(ink(image) > 0);
    marks.insert({image.rgb.begin(), image.rgb.end()});
    const std::int64_t right = 4 + drawing::text_width(text, 2);
    for (std::int64_t y = 0; y < 40; ++y) {
      for (std::int64_t x = right; x < 40; ++x) {
        if (image.rgb[static_cast<std::size_t>(y * 40 + x) * 3] == 0) FAIL("ink beyond text_width");
      }
    }
  }
  CHECK(marks.size() >= 90);  // of 94; a few characters of the font look alike
}

TEST_CASE("text: Latin, Greek and Cyrillic letters are drawn where a font is installed") {
  if (drawing::SystemFont::find() == nullptr) return;
  std::set<std::string> marks;
  const std::vector<std::string> words{"Käse", "Kase",  "K?se",  "ŁÓDŹ",
                                       "γάτα", "кошка", "Größe", "Grosse"};
  for (const std::string& word : words) {
    CAPTURE(word);
    for (const std::int64_t scale : {1, 2}) {
      Image image = drawing::filled({120, 30}, {255, 255, 255});
      drawing::draw_text(image, {4, 0}, word, scale, {0, 0, 0});
      CHECK(marked(image) > 0);
      CHECK(drawing::can_draw(word));
      CHECK(drawing::text_width(word, scale) < 100);
      marks.insert({image.rgb.begin(), image.rgb.end()});
      // Nothing above or below the line.
      Image line = drawing::filled({120, drawing::line_height(scale)}, {255, 255, 255});
      drawing::draw_text(line, {4, 0}, word, scale, {0, 0, 0});
      CHECK(marked(line) == marked(image));
    }
  }
  CHECK(marks.size() == 2 * words.size());
  // A tangut letter: in none of these fonts.
  CHECK(!drawing::can_draw("\xF0\x97\x80\x80"));
  // No UTF-8; letters that join, run from right to left, or are marks on others.
  for (const char* const text : {"K\xE4se", "a\xFF", "\xC3", "قطة", "חתול", "बिल्ली", "แมว",
                                 "Ka\u0308se", "a\u200Fb", "\u1100\u1161"}) {
    CAPTURE(text);
    CHECK(!drawing::can_draw(text));
  }
  const std::string cut = drawing::fitting("кошкакошкакошкакошка", 60, 1);
  CHECK(cut.starts_with("кошка"));
  CHECK(cut.ends_with(".."));
  CHECK(is_utf8(cut));
  CHECK(drawing::text_width(cut, 1) <= 60);
  std::string hostile;
  for (int i = 0; i < 20000; ++i) hostile += "\xCC\x81";
  CHECK(drawing::text_width(drawing::fitting(hostile + std::string(90, 'w'), 60, 1), 1) <= 60);
}

TEST_CASE("text: other characters are drawn and long text is cut") {
  Image image = drawing::filled({400, 20}, {255, 255, 255});
  drawing::draw_text(image, {0, 0}, "größe \xff\x01\n", 1, {0, 0, 0});
  CHECK(ink(image) > 0);
  CHECK(drawing::fitting("short", 1000, 2) == "short");
  const std::string cut = drawing::fitting(std::string(500, 'w'), 100, 2);
  CHECK(cut.size() < 20);
  CHECK(cut.ends_with(".."));
  CHECK(drawing::text_width(cut, 2) <= 100);
}

TEST_CASE("explain_sheet: images of all shapes with and without a spectrum") {
  Random random;
  ModelDescription d;
  d.image_height = d.image_width = 32;
  d.crop_ratio = 1;
  StageDescription stage;
  stage.patch_height = stage.patch_width = 8;
  stage.grid_height = stage.grid_width = 4;
  d.stages = {stage};
  std::vector<ExplainedImage> images;
  for (const auto& [width, height] : {std::pair{32u, 32u}, {3000u, 1u}, {1u, 700u}, {640u, 480u}}) {
    images.push_back({random_image(random, width, height),
                      "caption",
                      {0, 4, 4, random.normal(16)},
                      std::nullopt});
  }
  const Image plain = explain_sheet(images, d);
  CHECK(plain.rgb.size() == std::size_t{3} * plain.width * plain.height);
  // Zeros have no logarithm; a grid may be larger than a tile.
  images[1].spectrum =
      LayerSpectrum{3, 2, 5, std::vector<float>(10, 0.0f), std::vector<float>(10, 1.0f)};
  images[2].spectrum =
      LayerSpectrum{3, 600, 300, random.normal(180'000, 9.0f), random.normal(180'000, 9.0f)};
  const Image wide = explain_sheet(images, d);
  CHECK(wide.width > plain.width);
  CHECK(wide.height == plain.height);
  CHECK_THROWS_AS(explain_sheet({}, d), ArgumentError);
}

TEST_CASE("filter sheets: channels are spread evenly and every layer has its row") {
  CHECK(sheet_channels(256, 4) == std::vector<std::int64_t>{0, 64, 128, 192});
  CHECK(sheet_channels(3, 8) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(sheet_channels(3, 0) == std::vector<std::int64_t>{0});
  Random random;
  std::vector<LayerFilter> layers{{0, "blocks.0", 56, 56, 3, random.normal(56 * 29 * 3 * 2)},
                                  {1, "blocks.1", 1, 1, 20, std::vector<float>(40, 0.0f)},
                                  {2, "blocks.2", 15, 16, 9, random.normal(15 * 9 * 9 * 2)}};
  const Image one = filter_sheet(std::span(layers).first(1), 8);
  const Image all = filter_sheet(layers, 8);
  CHECK(all.height > one.height);
  CHECK(all.width > one.width);
  CHECK_THROWS_AS(filter_sheet({}, 8), ArgumentError);
  CHECK_THROWS_AS(filter_sheet_size({}, 8), ArgumentError);
  CHECK(filter_sheet_size(layers, 8) == ImageSize{all.height, all.width});
  for (LayerFilter& filter : layers) filter.kernel.clear();
  CHECK(filter_sheet_size(std::span(layers).first(1), 8) == ImageSize{one.height, one.width});
}
