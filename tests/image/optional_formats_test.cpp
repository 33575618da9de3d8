// The formats that optional libraries decode: WebP, TIFF, AVIF, HEIC and JPEG XL.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

#include "fixtures.h"
#include "gfnet/error.h"
#include "image/decode.h"
#include "image/image_libraries.h"
#include "image/orientation.h"

namespace {

using gfnet::FormatError;
using gfnet::image::decode_image;
using gfnet::image::DecodeOptions;
using gfnet::image::Image;
using namespace gfnet::test;
using namespace std::string_literals;

std::filesystem::path optional_folder() { return image_data_folder() / "optional"; }

bool has_library(std::string_view name) {
  return std::ranges::any_of(gfnet::image::libraries(), [name](const gfnet::Library& library) {
    return library.name == name && library.present;
  });
}

/// The library that decodes files of an ending, or would if this build had it.
std::string library_of(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".webp") return "libwebp";
  if (ending == ".tif") return "libtiff";
  if (ending == ".jxl") return "libjxl";
  if (ending == ".avif" && !has_library("libheif")) return "libavif";
  return "libheif";
}

/// Largest difference from PIL, in 8-bit steps. All files differ by at most 1 with the versions of
/// Debian 12. Other versions of a lossy codec's library may round differently, and libheif in place
/// of libavif interpolates colours less smoothly.
double tolerance(const std::string& name) {
  if (name.ends_with(".avif")) return has_library("libavif") ? 2 : 100;
  if (name.ends_with(".heic") || name.ends_with("lossy.jxl")) return 3;
  return 1;
}

std::string failure(std::span<const std::uint8_t> bytes, const DecodeOptions& options = {}) {
  try {
    decode_image(bytes, "NAME", options);
  } catch (const FormatError& error) {
    return error.cause();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The digit in a name such as orientation6.tif, or 1.
int orientation_in(const std::string& name) {
  const std::size_t at = name.find("orientation");
  const char digit = at == name.npos ? '1' : name[at + 11];
  return digit == '_' ? 8 : digit - '0';
}

TEST_CASE("optional formats decode to PIL's RGB") {
  for (const Sample& sample : read_samples(optional_folder())) {
    const std::string name = sample.name;
    const auto path = sample.path;
    CAPTURE(name);
    const std::string library = library_of(path);
    if (!has_library(library)) {
      CHECK(contains(failure(read_bytes(path)),
                     "gfnet was built without " + library + "; install " + library + "-dev"));
      continue;
    }
    Image expected{sample.width, sample.height, read_bytes(sample.pixels)};
    for (const bool turn : {false, true}) {
      CAPTURE(turn);
      Image image;
      CHECK_NOTHROW(image = decode_image(path, {.apply_orientation = turn}));
      if (turn && name.ends_with(".avif")) {  // PIL turns TIFF and HEIC always, AVIF on request
        expected = gfnet::image::upright(std::move(expected), orientation_in(name));
      }
      CHECK(image.width == expected.width);
      CHECK(image.height == expected.height);
      const Difference d = difference<std::uint8_t>(expected.rgb, image.rgb);
      CAPTURE(d.text());
      CHECK(d.largest <= tolerance(name));
    }
  }
}

TEST_CASE("a truncated file of an optional format is an error") {
  for (const Sample& sample : read_samples(optional_folder())) {
    const std::string name = sample.name;
    const auto path = sample.path;
    // What was cut off may be a second frame, or belong to no pixel.
    if (name.starts_with("animated") || name == "pages.tif" || name == "extended.webp") continue;
    const auto bytes = read_bytes(path);
    for (const std::size_t percent : {1, 10, 50, 75, 90}) {
      CAPTURE(name);
      CAPTURE(percent);
      const auto cut = std::span(bytes).first(bytes.size() * percent / 100);
      const std::string message = failure(cut);
      CHECK(message != "");
      CHECK(!contains(message, "\n"));
    }
  }
}

TEST_CASE("a damaged file of an optional format is an image or an error") {
  std::mt19937 random(23);
  for (const Sample& sample : read_samples(optional_folder())) {
    const auto path = sample.path;
    CAPTURE(path.string());
    const auto whole = read_bytes(path);
    for (int round = 0; round < 20; ++round) {
      auto damaged = whole;
      for (int edit = 0; edit < 3; ++edit) {
        damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
      }
      try {
        const Image image = decode_image(damaged, "NAME", {.max_pixels = 1u << 20});
        CHECK(image.rgb.size() == std::size_t{image.width} * image.height * 3);
      } catch (const FormatError& error) {
        CHECK(error.cause() != "");
      }
    }
  }
}

/// The bytes of a file with a number of `size` bytes, the lowest first, at an offset.
std::vector<std::uint8_t> with_number(std::vector<std::uint8_t> file, std::size_t offset,
                                      std::uint32_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    file.at(offset + i) = static_cast<std::uint8_t>(number >> 8 * i);
  }
  return file;
}

TEST_CASE("a size above the limit is refused before memory is allocated") {
  for (const Sample& sample : read_samples(optional_folder())) {
    const auto path = sample.path;
    CAPTURE(path.string());
    if (!has_library(library_of(path))) continue;
    // The encoder of HEIC fills up to 64×64 pixels, which are decoded and then cropped.
    const std::uint64_t pixels = path.extension() == ".heic" ? 64 * 64 : 37 * 23;
    CHECK(contains(failure(read_bytes(path), {.max_pixels = pixels - 1}), "above the limit of"));
    CHECK(failure(read_bytes(path), {.max_pixels = pixels}) == "");
  }
  if (has_library("libtiff")) {
    // Width and height are the first two fields. The pixels of 40,000² would not be in the file.
    const auto tiff = read_bytes(optional_folder() / "inverted8.tif");
    const std::size_t width = tiff[4] + (tiff[5] << 8) + 2 + 8;
    CHECK(contains(failure(with_number(tiff, width, 40'000, 4)), "corrupt TIFF"));
    const auto both = with_number(with_number(tiff, width, 40'000, 4), width + 12, 40'000, 4);
    CHECK(contains(failure(both), "declares 40000×40000 pixels, above the limit"));
    const auto dense = with_number(with_number(tiff, width, 16'000, 4), width + 12, 16'000, 4);
    CHECK(contains(failure(dense), "declares 16000×16000 pixels, more than its"));
    // A tile of 50,000² pixels for an image of 37×23.
    const auto tiles = read_bytes(optional_folder() / "rgb_tiles.tif");
    auto huge = tiles;
    for (std::size_t i = 0; i + 12 < huge.size(); ++i) {
      const bool is_tile_side = (huge[i] == 0x42 || huge[i] == 0x43) && huge[i + 1] == 1 &&
                                huge[i + 2] == 3 && huge[i + 4] == 1;
      if (is_tile_side) huge = with_number(huge, i + 8, 50'000, 2);
    }
    CHECK(huge != tiles);
    CHECK(contains(failure(huge), "tiles of 50000×50000 pixels"));
  }
}

TEST_CASE("files that users reported") {
  if (has_library("libwebp")) {
    const auto folder = image_data_folder() / "reported";
    const Image image = decode_image(folder / "x_webp.webp");
    CHECK(image.width == 120);
    CHECK(image.height == 80);
    const auto expected = read_bytes(folder / "x_webp.webp.rgb");
    CHECK(difference<std::uint8_t>(expected, image.rgb).largest <= 1);
  }
  if (has_library("libheif")) {
    const auto path = image_data_folder() / "reported" / "x_heif_msf1.jpg";
    CHECK(contains(failure(read_bytes(path)), "a HEIF sequence (brand msf1)"));
    // The same in other clothes: the brand second, another brand, behind another length.
    for (const std::string& brands : {"heic\0\0\0\0mif1msf1"s, "hevc\0\0\0\0hevcmsf1"s,
                                      "msf1\0\0\0\0msf1isom"s, "hevx\0\0\0\0iso8hevx"s}) {
      const std::string file =
          "\0\0\0\x18"
          "ftyp"s +
          brands + std::string(200, '\0');
      CAPTURE(brands);
      CHECK(contains(failure({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}),
                     "a HEIF sequence (brand "));
    }
  }
}

TEST_CASE("a TIFF whose tags leave open what its pixels are is refused") {
  if (!has_library("libtiff")) return;
  const auto whole = read_bytes(optional_folder() / "odd_formats.tif");
  REQUIRE(failure(whole) == "");
  // The tag's number, the number of its values and the first value. The strips are uncompressed.
  const auto with = [&](std::uint16_t tag, std::uint16_t other, std::uint32_t count,
                        std::uint32_t value) {
    auto file = whole;
    const std::size_t directory = file[4] + 256u * file[5];
    for (std::size_t entry = directory + 2; entry + 12 <= file.size(); entry += 12) {
      if (file[entry] + 256 * file[entry + 1] != tag) continue;
      std::memcpy(&file[entry], &other, 2);
      std::memcpy(&file[entry + 4], &count, 4);
      if (count == 1) std::memcpy(&file[entry + 8], &value, 4);
      return failure(file);
    }
    return std::string("no such tag");
  };
  CHECK(contains(with(262, 269, 1, 2), "does not say what its samples mean"));
  CHECK(contains(with(273, 273, 3, 0), "corrupt TIFF: 3 of 4 strips"));
  CHECK(contains(with(273, 273, 1, 8), "corrupt TIFF: 1 of 4 strips"));
  CHECK(contains(with(278, 278, 1, 1), "corrupt TIFF: 4 of 23 strips"));
  CHECK(contains(with(284, 284, 1, 2), "corrupt TIFF: 4 of 12 strips"));
  CHECK(contains(with(278, 278, 1, 0), "RowsPerStrip"));
  const auto half = static_cast<std::uint32_t>(whole.size() / 2);  // numbers of 16 bits
  CHECK(contains(with(262, 262, half + 1, 0), "values of its tags are larger than the file"));
  CHECK(contains(with(262, 262, 1, 9), "L*a*b* colours of ICC or ITU"));
  CHECK(contains(with(262, 262, 1, 3), "corrupt TIFF: no palette"));
  CHECK(contains(with(284, 259, 1, 34'661), "compression JBIG is not read"));
}

std::string big_endian(std::uint64_t number, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[size - 1 - i] = static_cast<char>(number >> 8 * i);
  return text;
}

std::string box(const std::string& type, const std::string& content) {
  return big_endian(content.size() + 8, 4) + type + content;
}

/// A HEIF file that is one meta box. types: of the items 1, 2, …; the first is the primary one.
/// references: of the box iref.
std::string heif_of(const std::vector<std::string>& types, const std::string& references) {
  std::string entries;
  std::string properties;
  std::string places;
  for (std::size_t i = 1; i <= types.size(); ++i) {
    entries += box("infe", "\2\0\0\0"s + big_endian(i, 2) + "\0\0"s + types[i - 1] + "\0"s);
    properties += big_endian(i, 2) + "\1\1"s;
    places +=
        big_endian(i, 2) + "\0\1\0\0"s + big_endian(1, 2) + big_endian(0, 4) + big_endian(8, 4);
  }
  const std::string count = big_endian(types.size(), 2);
  const std::string size = box("ispe", "\0\0\0\0"s + big_endian(64, 4) + big_endian(64, 4));
  const std::string association = "\0\0\0\0"s + big_endian(types.size(), 4) + properties;
  const std::string meta =
      "\0\0\0\0"s + box("hdlr", std::string(8, '\0') + "pict" + std::string(13, '\0')) +
      box("pitm", "\0\0\0\0\0\1"s) + box("iinf", "\0\0\0\0"s + count + entries) +
      box("iref", "\0\0\0\0"s + references) +
      box("iprp", box("ipco", size) + box("ipma", association)) +
      box("iloc", "\1\0\0\0\x44\0"s + count + places) + box("idat", std::string(8, '\0'));
  return box("ftyp", "heic\0\0\0\0mif1heic"s) + box("meta", meta);
}

std::string reference(const std::string& type, std::uint64_t from, std::vector<std::uint64_t> to) {
  std::string content = big_endian(from, 2) + big_endian(to.size(), 2);
  for (const std::uint64_t item : to) content += big_endian(item, 2);
  return box(type, content);
}

TEST_CASE("HEIF images that are made from one another without an end are refused") {
  if (!has_library("libheif")) return;
  const auto cause = [](const std::string& text) {
    return failure({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  const std::string circle = "in a circle";
  CHECK(contains(cause(heif_of({"iden"}, reference("dimg", 1, {1}))), circle));
  CHECK(contains(cause(heif_of({"grid"}, reference("dimg", 1, {1}))), circle));
  CHECK(contains(
      cause(heif_of({"iden", "grid"}, reference("dimg", 1, {2}) + reference("dimg", 2, {1}))),
      circle));
  CHECK(contains(
      cause(heif_of({"hvc1", "hvc1"}, reference("auxl", 1, {2}) + reference("auxl", 2, {1}))),
      circle));
  std::string chain;
  for (std::uint64_t i = 1; i < 40; ++i) chain += reference("dimg", i, {i + 1});
  CHECK(contains(cause(heif_of(std::vector<std::string>(40, "iden"), chain)), circle));
  CHECK(contains(cause(heif_of({"iovl", "hvc1"}, reference("dimg", 1, {2, 2, 2}))),
                 "laid over one another"));
  // Two steps are usual: an image, its alpha as a grid, the grid's parts.
  const std::string usual = cause(
      heif_of({"hvc1", "grid", "hvc1"}, reference("auxl", 2, {1}) + reference("dimg", 2, {3})));
  CHECK(usual != "");
  CHECK(!contains(usual, circle));
}

TEST_CASE("a file that is known but not read is named as what it is") {
  const auto cause = [](const std::string& text) {
    return failure({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  const std::string rest(400, '\0');
  CHECK(contains(cause("\0\0\0\x0CjP  \r\n\x87\n"s + rest), "a JPEG 2000 image, which is not"));
  CHECK(contains(cause("\xFF\x4F\xFF\x51"s + rest), "a JPEG 2000 image"));
  CHECK(contains(cause("%PDF-1.7\n"s + rest), "a PDF document"));
  CHECK(contains(cause("<svg xmlns='http://www.w3.org/2000/svg'/>"s), "an SVG drawing"));
  CHECK(contains(cause("\xEF\xBB\xBF\n<?xml version='1.0'?><!-- x --><svg/>"s), "an SVG drawing"));
  CHECK(contains(cause("<!DOCTYPE html><title>403</title>"s), "a page of the web"));
  CHECK(contains(cause(" \n<HTML>"s), "a page of the web"));
  CHECK(contains(cause("<note>text</note>"s), "not an image"));
  CHECK(contains(cause("II*\0\x10\0\0\0CR\2\0"s + rest), "a camera's raw file (CR2)"));
  CHECK(contains(cause("\0\0\0\x18"
                       "ftypcrx \0\0\0\1crx isom"s +
                       rest),
                 "a camera's raw file (CR3)"));
  CHECK(contains(cause("FUJIFILMCCD-RAW 0201"s + rest), "a camera's raw file (RAF)"));
  const std::string entry = "\x12\xC6\1\0\4\0\0\0\1\4\0\0"s;  // DNGVersion
  CHECK(contains(cause("II*\0\x08\0\0\0\1\0"s + entry + rest), "a camera's raw file (DNG"));
  const std::string reduced = "\0\xFE\0\4\0\0\0\1\0\0\0\1"s;
  const std::string others = "\1\x4A\0\4\0\0\0\1\0\0\0\x40"s;
  CHECK(contains(cause("MM\0*\0\0\0\x08\0\2"s + reduced + others + rest), "a camera's raw file"));
  CHECK(contains(cause("\0\0\0\x18"
                       "ftypisom\0\0\2\0isomiso2"s +
                       rest),
                 "a video (MP4)"));
  CHECK(contains(cause("PK\3\4"s + rest), "a zip archive"));
  CHECK(contains(cause("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"s),
                 "Git LFS pointer"));
  CHECK(contains(cause("\0\0\1\0\1\0\x10\x10"s + rest), "an icon"));
}

TEST_CASE("formats that PIL reads and gfnet does not are named") {
  const std::string rest(400, '\0');
  const std::pair<std::string, const char*> files[] = {
      {"\x0A\5\1\x08"s + std::string(61, '\0') + "\3" + rest, "a PCX image, which is not"},
      {"\x0A\0\1\1"s + std::string(61, '\0') + "\1" + rest, "a PCX image"},
      {"\x0A\3\0\4"s + std::string(61, '\0') + "\4" + rest, "a PCX image"},
      {"\xB1\x68\xDE\x3A"s + rest, "several pages (DCX)"},
      {"\x01\xDA\1\1\0\3"s + rest, "an SGI image"},
      {"\x01\xDA\0\2\0\2"s + rest, "an SGI image"},
      {"icns"s + rest, "an icon (ICNS)"},
      {"\0\0\2\0\1\0\x10\x10\0\0\0\0\0\0\x40\0\0\0\x16\0\0\0\x28"s + rest, "pointer (CUR)"},
      {"\0\0\2\0\1\0\x10\x10\0\0\0\0\0\0\x40\0\0\0\x16\0\0\0\x89PNG"s + rest, "(CUR)"},
      {"DDS \x7C"s + rest, "a DDS texture"},
      {"SIMPLE  =                    T"s + rest, "a FITS image"},
      {"\x59\xA6\x6A\x95"s + rest, "a Sun raster image"},
      {"#define a_width 3\n#define a_height 1\nstatic char a_bits[] = {0};\n", "an X bitmap"},
      {"/* made by hand */\n#define a_width 3\n#define a_height 1\nchar a_bits[] = {0};\n",
       "an X bitmap"},
      {"/* XPM */\nstatic char *a[] = {};\n", "an X pixel map"},
      {"qoif"s + rest, "a QOI image"},
      {"BLP2"s + rest, "a BLP texture"},
      {"FTEX"s + rest, "an FTEX texture"},
      {"\x36\2\0\0\x11\xAF\1\0\4\0\4\0\x08\0\3\0"s + rest, "an Autodesk animation"},
      {"\x28\0\0\0\4\0\0\0\4\0\0\0\1\0\x18\0"s + rest, "a bitmap without the header"},
      {"Image type: RGB image\r\n"s + rest, "an IFUNC image"},
      {std::string(2048, '\0') + "PCD_IPI"s + rest, "a Photo CD image"},
      {"\0\0\0\x20\0\0\0\2\0\0\0\4\0\0\0\4\0\0\0\1GIMP"s + rest, "a GIMP brush"},
      {"LinS"s + rest, "a Windows Paint image"},
      {"\x89HDF\r\n\x1A\n"s + rest, "an HDF5 file"},
      {"GRIB\0\0\0\1"s + rest, "weather data"},
  };
  for (const auto& [text, name] : files) {
    CAPTURE(name);
    CHECK(
        contains(failure({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}), name));
  }
  // TGA of 24 bits begins as a mouse pointer does, and other texts as an X bitmap.
  const std::string tga = "\0\0\2\0\0\0\0\0\0\0\0\0\2\0\1\0\x18\0"s + "\x16\0\0\0\x28\0"s;
  CHECK(failure({reinterpret_cast<const std::uint8_t*>(tga.data()), tga.size()}) == "");
  const std::string header = "/* a program */\n#define a_width 3\n";
  CHECK(contains(failure({reinterpret_cast<const std::uint8_t*>(header.data()), header.size()}),
                 "not an image"));
}

}  // namespace
