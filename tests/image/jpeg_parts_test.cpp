// JPEG files that are decoded in part: the pixels are those of the whole image, and what is wrong
// with the rest of the file is found.
#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "gfnet/image.h"
#include "jpeg_writer.h"
#include "support/random.h"

namespace {

using namespace gfnet;
using namespace gfnet::test;

constexpr JpegForm kForms[] = {
    {"4:4:4", JpegColours::kYcc, 1, 1},
    {"4:2:2", JpegColours::kYcc, 2, 1},
    {"4:2:0", JpegColours::kYcc, 2, 2},
    {"4:4:0", JpegColours::kYcc, 1, 2},
    {"4:1:1", JpegColours::kYcc, 4, 1},
    {"4:1:0", JpegColours::kYcc, 4, 2},
    {"vertical 4:1:1", JpegColours::kYcc, 1, 4},
    {"grey", JpegColours::kGrey},
    {"RGB", JpegColours::kRgb},
    {"RGB with reduced G and B", JpegColours::kRgb, 2, 2},
    {"CMYK", JpegColours::kCmyk},
    {"CMYK 4:2:0", JpegColours::kCmyk, 2, 2},
    {"progressive 4:4:4", JpegColours::kYcc, 1, 1, JpegScans::kProgressive},
    {"progressive 4:2:0", JpegColours::kYcc, 2, 2, JpegScans::kProgressive},
    {"progressive grey", JpegColours::kGrey, 1, 1, JpegScans::kProgressive},
    {"progressive CMYK", JpegColours::kCmyk, 1, 1, JpegScans::kProgressive},
    {"progressive in part 4:2:0", JpegColours::kYcc, 2, 2, JpegScans::kProgressiveInPart},
    {"progressive in part 4:4:4", JpegColours::kYcc, 1, 1, JpegScans::kProgressiveInPart},
    {"a scan for each channel", JpegColours::kYcc, 2, 2, JpegScans::kEachChannel},
    {"restart markers", JpegColours::kYcc, 2, 2, JpegScans::kOne, 3},
    {"restart markers, progressive", JpegColours::kYcc, 2, 1, JpegScans::kProgressive, 5},
    {"arithmetic", JpegColours::kYcc, 2, 2, JpegScans::kOne, 0, true},
    {"arithmetic, progressive", JpegColours::kYcc, 2, 1, JpegScans::kProgressive, 0, true},
};

ImageRegion random_region(Random& random, std::uint32_t width, std::uint32_t height) {
  ImageRegion region;
  region.left = static_cast<std::uint32_t>(random.integer(0, width - 1));
  region.top = static_cast<std::uint32_t>(random.integer(0, height - 1));
  region.width = static_cast<std::uint32_t>(random.integer(1, width - region.left));
  region.height = static_cast<std::uint32_t>(random.integer(1, height - region.top));
  return region;
}

std::string text_of(const ImageRegion& r) {
  return std::to_string(r.width) + "×" + std::to_string(r.height) + " from " +
         std::to_string(r.left) + ", " + std::to_string(r.top);
}

/// The number of bytes of the part that are not the whole image's; or, if the part does not hold
/// all of the region, the number of its bytes.
std::size_t wrong_bytes(const Image& part, const Image& whole, const ImageRegion& region) {
  const PartOf place =
      part.part_of == PartOf{} ? PartOf{part.width, part.height, 0, 0} : part.part_of;
  const bool holds = place.width == whole.width && place.height == whole.height &&
                     place.left <= region.left && place.top <= region.top &&
                     place.left + part.width >= region.left + region.width &&
                     place.top + part.height >= region.top + region.height;
  if (!holds || part.rgb.size() != std::size_t{3} * part.width * part.height) {
    return std::max<std::size_t>(part.rgb.size(), 1);
  }
  std::size_t wrong = 0;
  for (std::size_t y = 0; y < part.height; ++y) {
    const auto* const expected = &whole.rgb[3 * ((place.top + y) * whole.width + place.left)];
    const auto* const row = &part.rgb[3 * y * part.width];
    for (std::size_t i = 0; i < std::size_t{3} * part.width; ++i) wrong += row[i] != expected[i];
  }
  return wrong;
}

std::span<const std::byte> bytes_of(const std::vector<std::uint8_t>& file) {
  return std::as_bytes(std::span(file));
}

LoadOptions part_options(const ImageRegion& region) {
  return {.region = [region](std::uint32_t, std::uint32_t) { return region; }};
}

/// How the file is refused; "" if it is read.
std::string failure(const std::vector<std::uint8_t>& file, const LoadOptions& options) {
  try {
    decode_image(bytes_of(file), options);
    return "";
  } catch (const FormatError& error) {
    return error.cause();
  }
}

/// The file with an EXIF segment that states the orientation.
std::vector<std::uint8_t> turned(std::vector<std::uint8_t> file, int orientation) {
  const std::uint8_t segment[] = {
      0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
      'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
      1,    0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<std::uint8_t>(orientation),
      0,    0,    0, 0,  0,   0};
  file.insert(file.begin() + 2, std::begin(segment), std::end(segment));
  return file;
}

}  // namespace

TEST_CASE("a part of a JPEG has the pixels of the whole image") {
  Random random;
  CAPTURE(random.seed());
  std::size_t parts = 0;
  std::size_t regions = 0;
  for (const JpegForm& form : kForms) {
    if (form.arithmetic && !writes_arithmetic_codes()) continue;
    CAPTURE(form.name);
    for (int size = 0; size < 4; ++size) {
      const auto width = static_cast<std::uint32_t>(random.integer(1, size == 0 ? 40 : 230));
      const auto height = static_cast<std::uint32_t>(random.integer(1, size == 0 ? 40 : 230));
      CAPTURE(width);
      CAPTURE(height);
      const auto file = encode_jpeg_form(soft_image(random, width, height), form,
                                         static_cast<int>(random.integer(30, 98)));
      const Image whole = decode_image(bytes_of(file));
      CHECK(whole.part_of == PartOf{});
      for (int i = 0; i < 12; ++i) {
        const ImageRegion region = random_region(random, width, height);
        CAPTURE(text_of(region));
        const Image part = decode_image(bytes_of(file), part_options(region));
        CHECK(wrong_bytes(part, whole, region) == 0);
        ++regions;
        if (part.width == region.width && part.height == region.height) ++parts;
      }
    }
  }
  MESSAGE(parts, " of ", regions, " regions were decoded alone");
}

TEST_CASE("a part of a JPEG that is turned upright has the pixels of the whole image") {
  Random random;
  CAPTURE(random.seed());
  const auto plain =
      encode_jpeg_form(soft_image(random, 187, 130), {"4:2:0", JpegColours::kYcc, 2, 2}, 85);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const auto file = turned(plain, orientation);
    const Image whole = decode_image(bytes_of(file), {.apply_orientation = true});
    REQUIRE(whole.width == (orientation < 5 ? 187 : 130));
    for (int i = 0; i < 12; ++i) {
      const ImageRegion region = random_region(random, whole.width, whole.height);
      CAPTURE(text_of(region));
      LoadOptions options = part_options(region);
      options.apply_orientation = true;
      CHECK(wrong_bytes(decode_image(bytes_of(file), options), whole, region) == 0);
    }
  }
}

TEST_CASE("a JPEG that is truncated or damaged outside of the part is refused as for the whole") {
  Random random;
  CAPTURE(random.seed());
  std::size_t refused = 0;
  for (const JpegForm& form : kForms) {
    if (form.arithmetic && !writes_arithmetic_codes()) continue;
    CAPTURE(form.name);
    const auto file = encode_jpeg_form(soft_image(random, 150, 140), form, 80);
    for (int i = 0; i < 40; ++i) {
      auto damaged = file;
      const auto at = static_cast<std::size_t>(random.integer(
          static_cast<std::int64_t>(file.size() / 3), static_cast<std::int64_t>(file.size()) - 3));
      if (i % 2 == 0) {  // all but the end-of-image marker is cut off from here
        damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at), damaged.end() - 2);
      } else {
        for (std::size_t byte = at; byte < std::min(at + 3, file.size() - 2); ++byte) {
          damaged[byte] = static_cast<std::uint8_t>(random.integer(0, 255));
        }
      }
      const std::string expected = failure(damaged, {});
      if (!expected.empty()) ++refused;
      const ImageRegion region = random_region(random, 150, 140);
      CAPTURE(text_of(region));
      CAPTURE(at);
      CAPTURE(i);
      CHECK(failure(damaged, part_options(region)) == expected);
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("what is no part of the image is an error of the caller") {
  Random random;
  const auto file = encode_jpeg_form(soft_image(random, 40, 30), {"", JpegColours::kYcc}, 80);
  for (const ImageRegion& wrong :
       {ImageRegion{0, 0, 41, 30}, ImageRegion{0, 0, 40, 31}, ImageRegion{40, 0, 1, 1},
        ImageRegion{0, 30, 1, 1}, ImageRegion{5, 5, 0, 3}, ImageRegion{5, 5, 3, 0},
        ImageRegion{~0U, 0, 2, 2}, ImageRegion{2, 2, ~0U, 2}}) {
    CHECK_THROWS_AS(decode_image(bytes_of(file), part_options(wrong)), ArgumentError);
  }
}

TEST_CASE("pixels are stored in the caller's memory") {
  Random random;
  const Image image = soft_image(random, 50, 40);
  const auto file = encode_jpeg_form(image, {"", JpegColours::kYcc}, 80);
  const Image expected = decode_image(bytes_of(file));
  for (const std::size_t capacity : {0, 100, 6000, 100'000}) {
    std::vector<std::uint8_t> memory(capacity, 0xAB);
    const std::uint8_t* const block = memory.data();
    std::size_t asked = 0;
    const Image read = decode_image(bytes_of(file), {.memory = [&](std::size_t bytes) {
                                      asked = bytes;
                                      return std::move(memory);
                                    }});
    CHECK(asked == 6000);
    CHECK(read.rgb == expected.rgb);
    if (capacity >= 6000) CHECK(read.rgb.data() == block);
  }
}
