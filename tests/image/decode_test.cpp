#include "image/decode.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "fixtures.h"
#include "gfnet/error.h"

namespace {

using gfnet::FormatError;
using gfnet::image::decode_image;
using gfnet::image::DecodeOptions;
using gfnet::image::Image;
using namespace gfnet::test;

constexpr DecodeOptions kStb{.prefer_stb = true};

std::string failure(std::span<const std::uint8_t> bytes, const DecodeOptions& options = {}) {
  try {
    decode_image(bytes, "NAME", options);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

std::string failure(const std::string& text) {
  return failure({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string failure(const std::filesystem::path& path) {
  try {
    decode_image(path);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("every format and form decodes to PIL's RGB") {
  const std::vector<Sample> samples = readable_samples();
  CHECK(samples.size() >= 180);
  for (const Sample& sample : samples) {
    const auto path = sample.path;
    const auto expected = read_bytes(sample.pixels);
    for (const bool prefer_stb : {false, true}) {
      CAPTURE(sample.name);
      CAPTURE(prefer_stb);
      const Image image = decode_image(path, {.prefer_stb = prefer_stb});
      CHECK(image.width == sample.width);
      CHECK(image.height == sample.height);
      const bool exact = !prefer_stb && gfnet::image::decodes_with_libjpeg();
      const Difference d = difference<std::uint8_t>(expected, image.rgb);
      CAPTURE(d.text());
      CHECK(d.largest <= (exact ? 0.0 : sample.fallback));
    }
  }
}

TEST_CASE("a form that is not read is named") {
  int count = 0;
  for (const Sample& sample : read_samples()) {
    if (sample.refusal.empty()) continue;
    const auto bytes = read_bytes(sample.path);
    for (const bool prefer_stb : {false, true}) {
      CAPTURE(sample.name);
      const std::string message = failure(bytes, {.prefer_stb = prefer_stb});
      CAPTURE(message);
      CHECK(contains(message, sample.refusal));
    }
    ++count;
  }
  CHECK(count >= 10);
}

TEST_CASE("the kinds of JPEG that are not read are named, whatever follows their header") {
  for (const char* name : {"rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"}) {
    const auto bytes = read_bytes(image_data_folder() / name);
    const bool is_progressive = std::string_view(name) == "progressive.jpg";
    const std::vector<std::uint8_t> frame{0xFF, std::uint8_t(is_progressive ? 0xC2 : 0xC0)};
    const auto found = std::search(bytes.begin(), bytes.end(), frame.begin(), frame.end());
    REQUIRE(found != bytes.end());
    const auto marker = static_cast<std::size_t>(found - bytes.begin()) + 1;
    // The frame's marker, the bits of a sample, and what the message says.
    struct Kind {
      std::uint8_t marker, bits;
      const char* words;
    };
    for (const auto& [kind, bits, words] :
         {Kind{bytes[marker], 12, "12-bit JPEG"}, Kind{0xC1, 12, "12-bit JPEG"},
          Kind{0xC3, 16, "JPEG"}, Kind{0xC3, 8, "JPEG"}, Kind{0xCB, 8, "JPEG"},
          Kind{0xC5, 8, "hierarchical JPEG"}, Kind{0xCF, 8, "hierarchical JPEG"},
          Kind{0xF7, 8, "JPEG-LS"}}) {
      for (const bool prefer_stb : {false, true}) {
        CAPTURE(name);
        CAPTURE(static_cast<int>(kind));
        auto other = bytes;
        other[marker] = kind;
        other[marker + 3] = bits;
        const std::string message = failure(other, {.prefer_stb = prefer_stb});
        CHECK(contains(message, words));
        CHECK_FALSE(contains(message, "truncated"));
      }
    }
  }
}

TEST_CASE("all photographs decode to nearly the same pixels with both decoders") {
  const auto folder = photos_folder() / "photos";
  int count = 0;
  double sum = 0.0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    const Image image = decode_image(entry.path());
    const Image other = decode_image(entry.path(), kStb);
    REQUIRE(image.rgb.size() == std::size_t{image.width} * image.height * 3);
    REQUIRE(other.width == image.width);
    const Difference d = difference<std::uint8_t>(image.rgb, other.rgb);
    // The decoders upsample chroma differently at the edge, which counts more in tiny images.
    const bool is_tiny = image.width < 8 || image.height < 8;
    CHECK(d.mean <= (is_tiny ? 2.0 : 1.0));
    sum += d.mean;
    ++count;
  }
  CHECK(count == kPhotos);
  MESSAGE("mean difference between the decoders: ", sum / count, " of 255");
}

TEST_CASE("an unreadable image is refused with its cause") {
  const auto folder = std::filesystem::temp_directory_path() / "gfnet_decode_test";
  std::filesystem::create_directories(folder);
  CHECK(contains(failure(folder / "missing.jpg"), "missing.jpg: no such file"));
  CHECK(contains(failure(folder), "is a directory"));
  std::ofstream(folder / "empty.jpg");
  CHECK(contains(failure(folder / "empty.jpg"), "empty.jpg: the file is empty"));
  std::ofstream(folder / "text.jpg") << "This is not an image, whatever its name says.\n";
  CHECK(contains(failure(folder / "text.jpg"), "text.jpg: not an image"));
  std::filesystem::remove_all(folder);

  using namespace std::string_literals;
  CHECK(contains(failure("\xFF\xD8\xFF\xE0"s), "JPEG"));
  CHECK(contains(failure("\x89PNG\r\n\x1A\n"s), "truncated PNG"));
  CHECK(contains(failure("BM"s), "BMP"));
  CHECK(contains(failure("P6\n2 1\n65535\n12345678901"s), "truncated PNM"));
  CHECK(contains(failure("P6\n2 1\n65536\n123456789012"s), "exceeds 65535"));
  CHECK(contains(failure("P1 is no bitmap"s), "no number where the header"));
  CHECK(contains(failure("P100 is no bitmap"s), "not an image"));
  CHECK(contains(failure("P2 2 1 9 3 10"s), "exceeds the largest"));
  CHECK(contains(failure("P3 1 1 9 3 4x 5"s), "no number where"));
  CHECK(contains(failure("P1 2 1 0 2"s), "not 0 or 1"));
  // Numbers that an int cannot hold must not wrap to small ones.
  CHECK(contains(failure("P6 4294967298 4294967298 255\n123456789012"s), "above the limit"));
  CHECK(contains(failure("P6 99999999999999999999 1 255\n123"s), "NAME: "));
  CHECK(contains(failure("P6 2 -5 255\n123"s), "no number where"));
  CHECK(contains(failure("P5 1 1 0\n1"s), "largest sample"));
  CHECK(contains(failure("\0"s), "not an image"));
}

TEST_CASE("a truncated image is an error") {
  for (const Sample& sample : readable_samples()) {
    // Their first frame is complete well before the end.
    if (contains(sample.form, "first frame") && sample.format == "GIF") continue;
    const auto bytes = read_bytes(sample.path);
    for (const std::size_t percent : {10, 50, 75, 90}) {
      for (const bool prefer_stb : {false, true}) {
        CAPTURE(sample.name);
        CAPTURE(percent);
        CAPTURE(prefer_stb);
        const auto cut = std::span(bytes).first(bytes.size() * percent / 100);
        const std::string message = failure(cut, {.prefer_stb = prefer_stb});
        CHECK(message != "");
        CHECK(message.find('\n') == std::string::npos);
        if (percent >= 50 && sample.format == "JPEG") CHECK(contains(message, "truncated"));
      }
    }
  }
}

TEST_CASE("a JPEG with an early end marker is an error with libjpeg") {
  if (!gfnet::image::decodes_with_libjpeg()) return;
  auto bytes = read_bytes(image_data_folder() / "rgb444.jpg");
  bytes.resize(bytes.size() * 3 / 4);
  bytes.insert(bytes.end(), {0xFF, 0xD9});
  CHECK(contains(failure(bytes), "truncated JPEG"));
}

TEST_CASE("harmless oddities of a JPEG do not change its pixels") {
  auto bytes = read_bytes(image_data_folder() / "rgb.jpg");
  const auto expected = decode_image(bytes, "plain").rgb;
  SUBCASE("bytes after the end") { bytes.insert(bytes.end(), 1000, 0x55); }
  SUBCASE("bytes before a marker") {
    // After the start marker and the JFIF segment.
    const std::ptrdiff_t position = 4 + (bytes[4] << 8 | bytes[5]);
    bytes.insert(bytes.begin() + position, {1, 2, 3});
  }
  CHECK(decode_image(bytes, "odd").rgb == expected);
}

TEST_CASE("a corrupt PNG is an error") {
  auto bytes = read_bytes(image_data_folder() / "rgb.png");
  bytes[bytes.size() / 2] ^= 0x10;
  CHECK(contains(failure(bytes), "corrupt PNG"));
}

TEST_CASE("a PNG with two palettes is an error, whatever their number") {
  const auto bytes = read_bytes(image_data_folder() / "palette.png");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t palette = text.find("PLTE") - 4;
  const std::size_t end = text.find("IDAT") - 4;
  const std::vector<std::uint8_t> chunk(bytes.begin() + static_cast<std::ptrdiff_t>(palette),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(end));
  for (const int copies : {1, 1000}) {
    auto many = bytes;
    for (int i = 0; i < copies; ++i) {
      many.insert(many.begin() + static_cast<std::ptrdiff_t>(end), chunk.begin(), chunk.end());
    }
    CHECK(contains(failure(many), "two palettes"));
  }
}

TEST_CASE("a BMP whose pixels begin within its header is an error") {
  auto bytes = read_bytes(image_data_folder() / "short8.bmp");
  for (const std::uint8_t offset : {1, 14, 18, 53}) {
    bytes[10] = offset;
    CHECK(contains(failure(bytes), "begin within its header"));
  }
}

TEST_CASE("a BMP of an unknown compression is an error") {
  auto bytes = read_bytes(image_data_folder() / "short8.bmp");
  for (const std::uint8_t highest : {0x01, 0x80, 0xFF}) {
    bytes[33] = highest;
    CHECK(contains(failure(bytes), "BMP with compression "));
  }
}

TEST_CASE("a TGA with indices of 16 bits has black beyond its palette") {
  // 3×1 pixels: entry 1, the first beyond, one far beyond
  const std::vector<std::uint8_t> bytes{0, 1,  1,    0, 0, 2, 0, 24, 0, 0, 0, 0, 3, 0,    1,
                                        0, 16, 0x20, 1, 2, 3, 4, 5,  6, 1, 0, 2, 0, 0xFE, 0xFF};
  CHECK(decode_image(bytes, "NAME").rgb == std::vector<std::uint8_t>{6, 5, 4, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("thin images decode and decompression bombs are refused") {
  const auto ppm = [](std::uint32_t width, std::uint32_t height, std::size_t bytes) {
    const std::string header =
        "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
    std::vector<std::uint8_t> file(header.begin(), header.end());
    file.resize(file.size() + bytes, 7);
    return file;
  };
  CHECK(decode_image(ppm(30'000, 1, 90'000), "wide").width == 30'000);
  CHECK(decode_image(ppm(1, 30'000, 90'000), "tall").height == 30'000);
  CHECK(decode_image(ppm(1, 1, 3), "dot").rgb == std::vector<std::uint8_t>{7, 7, 7});
  CHECK(contains(failure(ppm(60'000, 60'000, 100)), "above the limit"));
  CHECK(contains(failure(ppm(16'000, 16'000, 100)), "bytes can hold"));
  CHECK(contains(failure(ppm(100, 100, 30'000), {.max_pixels = 9'999}), "above the limit of 9999"));

  // A JPEG of 37×23 that claims to be larger.
  auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  const std::vector<std::uint8_t> frame{0xFF, 0xC0};
  const auto found = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
  REQUIRE(found != jpeg.end());
  const std::vector<std::uint8_t> extent{0xFF, 0x00, 0xFF, 0x00};
  std::copy(extent.begin(), extent.end(), found + 5);
  for (const bool prefer_stb : {false, true}) {
    CHECK(contains(failure(jpeg, {.prefer_stb = prefer_stb}), "65280×65280 pixels, above"));
  }
}

TEST_CASE("damaged files decode or fail, but never crash") {
  std::mt19937 random(20211201);
  for (const Sample& sample : readable_samples()) {
    const auto original = read_bytes(sample.path);
    for (int round = 0; round < 60; ++round) {
      auto bytes = original;
      const int edits = 1 + static_cast<int>(random() % 6);
      for (int edit = 0; edit < edits; ++edit) {
        // The header decides most, so half of the edits go there.
        const std::size_t reach =
            random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 64) : bytes.size();
        bytes[random() % reach] = static_cast<std::uint8_t>(random());
      }
      if (random() % 4 == 0) bytes.resize(1 + random() % bytes.size());
      for (const bool prefer_stb : {false, true}) {
        try {
          const Image image = decode_image(bytes, sample.name, {prefer_stb, 1u << 20, true});
          CHECK(image.rgb.size() == std::size_t{image.width} * image.height * 3);
        } catch (const FormatError& error) {
          CHECK(std::string(error.what()).size() < 300);
        }
      }
    }
  }
}

TEST_CASE("PNM samples are scaled from the file's largest sample value to 255") {
  using namespace std::string_literals;
  const std::string text = "P5 # comment\n3 1\n# another\n4\n\x00\x01\x04"s;
  const Image image =
      decode_image({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "NAME");
  CHECK(image.rgb == std::vector<std::uint8_t>{0, 0, 0, 64, 64, 64, 255, 255, 255});
}

}  // namespace
