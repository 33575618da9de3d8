#include "image/orientation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "fixtures.h"
#include "image/decode.h"

namespace {

using gfnet::image::decode_image;
using gfnet::image::exif_orientation;
using gfnet::image::Image;
using gfnet::image::upright;
using namespace gfnet::test;
using namespace std::string_literals;

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string number(std::uint32_t value, std::size_t size, bool big_endian) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    text[big_endian ? size - 1 - i : i] = static_cast<char>(value >> (8 * i) & 0xFFu);
  }
  return text;
}

/// A TIFF directory with one field before the orientation, as cameras write it.
std::string tiff(std::uint32_t orientation, bool big_endian, std::uint32_t type = 3) {
  const auto n = [=](std::uint32_t value, std::size_t size) {
    return number(value, size, big_endian);
  };
  std::string text = (big_endian ? "MM"s : "II"s) + n(42, 2) + n(8, 4) + n(2, 2);
  text += n(0x010F, 2) + n(2, 2) + n(4, 4) + "abc\0"s;
  return text + n(0x0112, 2) + n(type, 2) + n(1, 4) + n(orientation, 2) + "\0\0"s + n(0, 4);
}

std::string jpeg_segment(const std::string& content) {
  return "\xFF\xE1"s + number(static_cast<std::uint32_t>(content.size() + 2), 2, true) + content;
}

/// The JPEG file with an added Exif segment after its start marker.
std::vector<std::uint8_t> with_exif(std::vector<std::uint8_t> jpeg, const std::string& exif) {
  const auto segment = bytes_of(jpeg_segment("Exif\0\0"s + exif));
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

/// An image with one letter a pixel; rows are separated by '/'.
Image letters(const std::string& rows) {
  const std::size_t height = static_cast<std::size_t>(std::ranges::count(rows, '/')) + 1;
  Image image{static_cast<std::uint32_t>((rows.size() + 1) / height - 1),
              static_cast<std::uint32_t>(height),
              {}};
  for (const char c : rows) {
    if (c != '/') image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(c));
  }
  return image;
}

std::string rows_of(const Image& image) {
  std::string rows;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    if (i > 0 && i / 3 % image.width == 0) rows += '/';
    rows += static_cast<char>(image.rgb[i]);
  }
  return rows;
}

TEST_CASE("upright undoes each of the eight orientations") {
  const std::string letter_f = "###/#../##./#..";
  const std::string stored[8] = {
      letter_f,           // 1
      "###/..#/.##/..#",  // 2: mirrored
      "..#/.##/..#/###",  // 3: upside down
      "#../##./#../###",  // 4: upside down and mirrored
      "####/#.#./#...",   // 5: transposed
      "#.../#.#./####",   // 6: turn clockwise
      "...#/.#.#/####",   // 7: transposed over the other diagonal
      "####/.#.#/...#",   // 8: turn anticlockwise
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    CHECK(rows_of(upright(letters(stored[orientation - 1]), orientation)) == letter_f);
  }
  for (const int nonsense : {-1, 0, 9, 65535}) {
    CHECK(rows_of(upright(letters(letter_f), nonsense)) == letter_f);
  }
}

TEST_CASE("an image is turned only if apply_orientation is set") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  const Image plain = decode_image(jpeg, "plain");
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      CAPTURE(orientation);
      const auto file = with_exif(jpeg, tiff(orientation, big_endian));
      CHECK(exif_orientation(file) == static_cast<int>(orientation));
      CHECK(decode_image(file, "turned").rgb == plain.rgb);
      const Image turned = decode_image(file, "turned", {.apply_orientation = true});
      const Image expected = upright(plain, static_cast<int>(orientation));
      CHECK(turned.width == (orientation < 5 ? 37 : 23));
      CHECK(turned.width == expected.width);
      CHECK(turned.rgb == expected.rgb);
    }
  }
  // PNG holds the same structure in a chunk at any position; its checksum is not checked.
  auto png = read_bytes(image_data_folder() / "rgb.png");
  CHECK(exif_orientation(png) == 1);
  const std::string exif = tiff(6, true);
  const auto chunk = bytes_of(number(static_cast<std::uint32_t>(exif.size()), 4, true) + "eXIf" +
                              exif + "\0\0\0\0"s);
  png.insert(png.end() - 12, chunk.begin(), chunk.end());
  CHECK(exif_orientation(png) == 6);
  CHECK(decode_image(png, "png", {.apply_orientation = true}).width == 23);
}

TEST_CASE("invalid EXIF data leave an image unchanged") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  CHECK(exif_orientation({}) == 1);
  CHECK(exif_orientation(jpeg) == 1);
  CHECK(exif_orientation(with_exif(jpeg, tiff(0, false))) == 1);
  CHECK(exif_orientation(with_exif(jpeg, tiff(9, true))) == 1);
  CHECK(exif_orientation(with_exif(jpeg, tiff(6, true, 7))) == 1);
  CHECK(exif_orientation(with_exif(jpeg, "XX" + tiff(6, true).substr(2))) == 1);
  // The directory's offset is far outside the file.
  CHECK(exif_orientation(with_exif(jpeg, "MM\0*\xFF\xFF\xFF\xFF\0\0"s)) == 1);
  // Another segment with the same marker, such as XMP, is not Exif.
  auto xmp = jpeg;
  const auto segment = bytes_of(jpeg_segment("http://ns.adobe.com/xap/1.0/\0"s + tiff(6, true)));
  xmp.insert(xmp.begin() + 2, segment.begin(), segment.end());
  CHECK(exif_orientation(xmp) == 1);
  CHECK(exif_orientation(with_exif(xmp, tiff(8, false))) == 8);
}

TEST_CASE("truncated and damaged EXIF data are never read out of bounds") {
  const auto whole = with_exif({0xFF, 0xD8, 0xFF, 0xDB, 0, 2, 0xFF, 0xD9}, tiff(6, false));
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    // A copy of exactly this length, so that the sanitizer sees reads beyond its end.
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(length));
    const int orientation = exif_orientation(cut);
    CHECK((orientation == 1 || orientation == 6));
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = whole;
    for (int edit = 0; edit < 3; ++edit) {
      damaged[3 + random() % (damaged.size() - 3)] = static_cast<std::uint8_t>(random());
    }
    const int orientation = exif_orientation(damaged);
    CHECK((orientation >= 1 && orientation <= 8));
  }
}

}  // namespace
