#include "image/orientation.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "fixtures.h"
#include "image/decode.h"
#include "image/metadata/orientation_tags.h"
#include "support/random.h"

namespace {

using gfnet::image::decode_image;
using gfnet::image::Extent;
using gfnet::image::Image;
using gfnet::image::ImageRegion;
using gfnet::image::stored_orientation;
using gfnet::image::tiff_orientation;
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

TEST_CASE("regions are turned as their pixels are, and back") {
  Random random;
  CAPTURE(random.seed());
  Image stored{9, 7, {}};
  for (std::uint32_t i = 0; i < 9 * 7; ++i)
    stored.rgb.insert(stored.rgb.end(), 3, static_cast<std::uint8_t>(i));
  for (int orientation = 0; orientation <= 9; ++orientation) {
    const Image whole = upright(stored, orientation);
    for (int i = 0; i < 20; ++i) {
      ImageRegion region;
      region.left = static_cast<std::uint32_t>(random.integer(0, 8));
      region.top = static_cast<std::uint32_t>(random.integer(0, 6));
      region.width = static_cast<std::uint32_t>(random.integer(1, 9 - region.left));
      region.height = static_cast<std::uint32_t>(random.integer(1, 7 - region.top));
      Image part{region.width, region.height, {}, {9, 7, region.left, region.top}};
      for (std::uint32_t y = 0; y < region.height; ++y) {
        const auto* const row = &stored.rgb[3 * ((region.top + y) * 9 + region.left)];
        part.rgb.insert(part.rgb.end(), row, row + std::size_t{3} * region.width);
      }
      const ImageRegion turned = upright(region, {7, 9}, orientation);
      const Extent size{whole.height, whole.width};
      CHECK(gfnet::image::stored(turned, size, orientation) == region);
      const Image turned_part = upright(part, orientation);
      const gfnet::PartOf place{whole.width, whole.height, turned.left, turned.top};
      CHECK(turned_part.part_of == place);
      CHECK(turned_part.width == turned.width);
      CHECK(turned_part.height == turned.height);
      for (std::uint32_t y = 0; y < turned.height; ++y) {
        const auto* const expected = &whole.rgb[3 * ((turned.top + y) * whole.width + turned.left)];
        CHECK(std::equal(expected, expected + std::size_t{3} * turned.width,
                         &turned_part.rgb[std::size_t{3} * y * turned.width]));
      }
    }
  }
}

TEST_CASE("an image is turned only if apply_orientation is set") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  const Image plain = decode_image(jpeg, "plain");
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      CAPTURE(orientation);
      const auto file = with_exif(jpeg, tiff(orientation, big_endian));
      CHECK(stored_orientation(file) == static_cast<int>(orientation));
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
  CHECK(stored_orientation(png) == 1);
  const std::string exif = tiff(6, true);
  const auto chunk = bytes_of(number(static_cast<std::uint32_t>(exif.size()), 4, true) + "eXIf" +
                              exif + "\0\0\0\0"s);
  png.insert(png.end() - 12, chunk.begin(), chunk.end());
  CHECK(stored_orientation(png) == 6);
  CHECK(decode_image(png, "png", {.apply_orientation = true}).width == 23);
}

TEST_CASE("invalid EXIF data leave an image unchanged") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  CHECK(stored_orientation({}) == 1);
  CHECK(stored_orientation(jpeg) == 1);
  CHECK(stored_orientation(with_exif(jpeg, tiff(0, false))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, tiff(9, true))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, tiff(6, true, 7))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, "XX" + tiff(6, true).substr(2))) == 1);
  // The directory's offset is far outside the file.
  CHECK(stored_orientation(with_exif(jpeg, "MM\0*\xFF\xFF\xFF\xFF\0\0"s)) == 1);
  // Another segment with the same marker, such as XMP, is not Exif.
  auto xmp = jpeg;
  const auto segment = bytes_of(jpeg_segment("http://ns.adobe.com/xap/1.0/\0"s + tiff(6, true)));
  xmp.insert(xmp.begin() + 2, segment.begin(), segment.end());
  CHECK(stored_orientation(xmp) == 1);
  CHECK(stored_orientation(with_exif(xmp, tiff(8, false))) == 8);
}

TEST_CASE("truncated and damaged EXIF data are never read out of bounds") {
  const auto whole = with_exif({0xFF, 0xD8, 0xFF, 0xDB, 0, 2, 0xFF, 0xD9}, tiff(6, false));
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    // A copy of exactly this length, so that the sanitizer sees reads beyond its end.
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(length));
    const int orientation = stored_orientation(cut);
    CHECK((orientation == 1 || orientation == 6));
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = whole;
    for (int edit = 0; edit < 3; ++edit) {
      damaged[3 + random() % (damaged.size() - 3)] = static_cast<std::uint8_t>(random());
    }
    const int orientation = stored_orientation(damaged);
    CHECK((orientation >= 1 && orientation <= 8));
  }
}

std::string png_chunk(const std::string& kind, const std::string& content) {
  return number(static_cast<std::uint32_t>(content.size()), 4, true) + kind + content + "\0\0\0\0"s;
}

/// The PNG file with a chunk before its pixels.
std::vector<std::uint8_t> with_chunk(const std::string& kind, const std::string& content) {
  auto png = read_bytes(image_data_folder() / "rgb.png");
  const auto chunk = bytes_of(png_chunk(kind, content));
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());  // after the signature and IHDR
  return png;
}

std::string deflated(const std::string& text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string packed(size, '\0');
  REQUIRE(compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                    reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()),
                    9) == Z_OK);
  packed.resize(size);
  return packed;
}

/// The EXIF data as ImageMagick writes them into a text of a PNG file.
std::string raw_profile(const std::string& exif) {
  std::string text = "\nexif\n" + std::to_string(exif.size()) + "\n";
  for (const char byte : exif) {
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
  }
  return text + "\n";
}

TEST_CASE("the stored orientation is the one that PIL applies") {
  const auto folder = image_data_folder() / "orientation";
  std::ifstream list(folder / "expected.txt");
  std::string name;
  int count = 0;
  for (int expected = 0; list >> name >> expected; ++count) {
    CAPTURE(name);
    CHECK(stored_orientation(read_bytes(folder / name)) == expected);
  }
  CHECK(count == 84);
}

TEST_CASE("offsets and counts that leave the EXIF data give no orientation") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  const auto field = [](const std::string& count, const std::string& value) {
    return "MM\0*\0\0\0\x08\0\1\x01\x12\0\4"s + count + value + "\0\0\0\0"s;
  };
  // One number in place, and numbers elsewhere: outside, at the last byte, in a loop, too many.
  CHECK(stored_orientation(with_exif(jpeg, field("\0\0\0\1"s, "\0\0\0\6"s))) == 6);
  CHECK(stored_orientation(with_exif(jpeg, field("\0\0\0\2"s, "\xFF\xFF\xFF\xFF"s))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, field("\0\0\0\2"s, "\0\0\0\x19"s))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, field("\0\0\0\2"s, "\0\0\0\x08"s))) == 1);
  CHECK(stored_orientation(with_exif(jpeg, field("\xFF\xFF\xFF\xFF"s, "\0\0\0\0"s))) == 1);
  // A directory that is its own next one is read once.
  CHECK(stored_orientation(with_exif(jpeg, "II*\0\x08\0\0\0\0\0\x08\0\0\0"s)) == 1);
}

TEST_CASE("a BigTIFF has an orientation as a file, not as EXIF data") {
  const auto jpeg = read_bytes(image_data_folder() / "rgb.jpg");
  const auto as_file = [](const std::string& text) {
    return tiff_orientation(bytes_of(text)).value_or(0);
  };
  const std::string head = "II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"s;
  const std::string field = "\x12\1\3\0\1\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0"s;
  const std::string one = head + "\1\0\0\0\0\0\0\0"s + field;
  CHECK(as_file(one) == 6);
  CHECK(stored_orientation(with_exif(jpeg, one)) == 1);
  // Counts of up to 2⁶⁴.
  const std::string many = head + std::string(8, '\xFF');
  CHECK(as_file(many) == 0);
  CHECK(as_file(many + field) == 6);
  CHECK(as_file(many + field.substr(0, 4) + std::string(16, '\xFF')) == 0);
  CHECK(stored_orientation(with_exif(jpeg, many + field)) == 1);
}

TEST_CASE("text in a PNG that unpacks to gigabytes is not unpacked") {
  const std::string keyword = "Raw profile type exif\0\0"s;
  const std::string profile = raw_profile(tiff(6, true));
  CHECK(stored_orientation(with_chunk("zTXt", keyword + deflated(profile))) == 6);
  // 1 MiB is read, and not a byte more.
  const std::string limit = profile + std::string((1u << 20) - profile.size(), '\n');
  CHECK(stored_orientation(with_chunk("zTXt", keyword + deflated(limit))) == 6);
  CHECK(stored_orientation(with_chunk("zTXt", keyword + deflated(limit + "\n"))) == 1);
  // Thousands of chunks that each unpack to the limit: only the last counts.
  std::string many;
  const std::string packed = deflated(std::string(1u << 20, '\n'));
  for (int i = 0; i < 5000; ++i) many += png_chunk("zTXt", keyword + packed);
  auto png = with_chunk("tIME", "");
  png.insert(png.begin() + 33, many.begin(), many.end());
  CHECK(stored_orientation(png) == 1);
  // Damaged text counts as empty.
  CHECK(stored_orientation(with_chunk("zTXt", keyword + "not zlib")) == 1);
  CHECK(stored_orientation(with_chunk("tEXt", "Raw profile type exif\0\nexif\n 3\n4d4x\n"s)) == 1);
  CHECK(stored_orientation(with_chunk("tEXt", "Raw profile type exif\0\n"s)) == 1);
  CHECK(stored_orientation(with_chunk("zTXt", "Raw profile type exif\0"s)) == 1);
  CHECK(stored_orientation(with_chunk("iTXt", "XML:com.adobe.xmp\0\1"s)) == 1);
  CHECK(stored_orientation(with_chunk("iTXt", "XML:com.adobe.xmp\0\0\0en"s)) == 1);
}

TEST_CASE("damaged metadata are never read out of bounds") {
  std::mt19937 random(11);
  for (const auto& entry :
       std::filesystem::directory_iterator(image_data_folder() / "orientation")) {
    CAPTURE(entry.path().string());
    const auto whole = read_bytes(entry.path());
    if (whole.size() > 5000) continue;
    for (int round = 0; round < 300; ++round) {
      std::vector<std::uint8_t> damaged(
          whole.begin(),
          whole.end() - static_cast<std::ptrdiff_t>(round % 2 == 0 ? random() % whole.size() : 0));
      for (int edit = 0; edit < 4 && damaged.size() > 12; ++edit) {
        damaged[12 + random() % (damaged.size() - 12)] = static_cast<std::uint8_t>(random());
      }
      const int orientation = stored_orientation(damaged);
      CHECK((orientation >= 1 && orientation <= 8));
    }
  }
}

}  // namespace
