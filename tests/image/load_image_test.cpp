// The public functions load_image and decode_image.
#include <doctest/doctest.h>
#include <sys/mman.h>

#include "fixtures.h"
#include "gfnet/error.h"
#include "gfnet/image.h"
#include "support/random.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

/// Decodes the bytes in a block of memory that holds nothing else. The block is overwritten and
/// freed before this returns.
Image decode_and_free(std::string_view bytes, const LoadOptions& options = {}) {
  const auto content = std::as_bytes(std::span(bytes));
  std::vector<std::byte> block(content.begin(), content.end());
  Image image = decode_image(block, options);
  std::ranges::fill(block, std::byte{0xAA});
  return image;
}

std::string failure(std::string_view bytes, const LoadOptions& options = {}) {
  try {
    decode_and_free(bytes, options);
  } catch (const FormatError& error) {
    CHECK(error.path() == options.name);
    return error.what();
  }
  return "";
}

std::string content(const std::filesystem::path& path) {
  const auto bytes = read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("an image in memory decodes as its file does") {
  std::size_t count = 0;
  for (const Sample& sample : read_samples()) {
    const auto path = sample.path;
    CAPTURE(path.string());
    std::string from_file;
    Image expected;
    try {
      expected = load_image(path);
    } catch (const FormatError& error) {
      from_file = error.cause();
    }
    const std::string error = failure(content(path), {.name = "N"});
    CHECK(error == (from_file.empty() ? "" : "N: " + from_file));
    if (!error.empty()) continue;
    const Image image = decode_and_free(content(path));
    CHECK(image.width == expected.width);
    CHECK(image.height == expected.height);
    CHECK(image.rgb == expected.rgb);
    ++count;
  }
  CHECK(count >= 180);
}

TEST_CASE("random pixels in memory decode to themselves") {
  Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 10; ++round) {
    const std::int64_t width = random.integer(1, 80);
    const std::int64_t height = random.integer(1, 80);
    std::string bytes = "P6 " + std::to_string(width) + " " + std::to_string(height) + " 255\n";
    std::vector<std::uint8_t> pixels;
    for (std::int64_t i = 0; i < 3 * width * height; ++i) {
      pixels.push_back(static_cast<std::uint8_t>(random.integer(0, 255)));
    }
    bytes.append(pixels.begin(), pixels.end());
    const Image image = decode_and_free(bytes);
    CHECK(image.width == width);
    CHECK(image.height == height);
    CHECK(image.rgb == pixels);
    CHECK(failure(bytes.substr(0, bytes.size() - 1)) != "");
  }
}

TEST_CASE("the orientation of an image in memory is applied on request") {
  // The JPEG's second segment: EXIF that asks for a quarter turn.
  using namespace std::string_literals;
  std::string jpeg = content(image_data_folder() / "rgb.jpg");
  const std::string tiff = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"s;
  const std::string exif = "Exif\0\0"s + tiff;
  jpeg.insert(2, "\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif);
  CHECK(decode_and_free(jpeg).width == 37);
  CHECK(decode_and_free(jpeg, {.apply_orientation = true}).width == 23);
}

TEST_CASE("errors of an image in memory name it") {
  const std::string png = content(image_data_folder() / "rgb.png");
  CHECK(failure("") == "image in memory: the file is empty");
  CHECK(failure(png.substr(0, png.size() / 2)).starts_with("image in memory: "));
  CHECK(failure(png.substr(0, png.size() / 2), {.name = "row 7"}).starts_with("row 7: "));
  CHECK(failure("no image at all", {.name = "row 7"}).starts_with("row 7: not an image"));

  // The pages are never written, so they take no memory.
  constexpr std::size_t kTooMany = (std::size_t{1} << 30) + 1;
  void* const pages = ::mmap(nullptr, kTooMany, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(pages != MAP_FAILED);
  CHECK_THROWS_WITH_AS(decode_image({static_cast<const std::byte*>(pages), kTooMany}),
                       "image in memory: larger than 1 GiB", FormatError);
  ::munmap(pages, kTooMany);
}

TEST_CASE("before_pixels is told the size before the pixels are decoded, and can end the decode") {
  const std::string png = content(image_data_folder() / "rgb.png");
  int calls = 0;
  const LoadOptions told{.before_pixels = [&](std::uint32_t width, std::uint32_t height) {
    CHECK(width == 37);
    CHECK(height == 23);
    ++calls;
  }};
  CHECK(decode_and_free(png, told).rgb == decode_and_free(png).rgb);
  CHECK(calls >= 1);

  struct Enough {};
  const LoadOptions ends{.before_pixels = [](std::uint32_t, std::uint32_t) { throw Enough(); }};
  CHECK_THROWS_AS(decode_and_free(png, ends), Enough);
  // A file that is refused for its size asks for nothing.
  std::string huge = png;
  huge.replace(16, 8, "\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF");
  calls = 0;
  CHECK_THROWS_AS(decode_and_free(huge, told), FormatError);
  CHECK(calls == 0);
}
