#include "image/orientation.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "image/formats/bytes.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3;  // TIFF field type: 16-bit numbers
constexpr int kUpright = 1;

bool begins_with(Bytes bytes, std::string_view start) {
  return bytes.size() >= start.size() && std::memcmp(bytes.data(), start.data(), start.size()) == 0;
}

std::uint32_t read_number(Bytes bytes, std::size_t offset, std::size_t size, bool big_endian) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | bytes[offset + (big_endian ? i : size - 1 - i)];
  }
  return number;
}

/// Reads the orientation from the first directory of a TIFF structure. EXIF data have the form of a
/// TIFF structure.
int tiff_orientation(Bytes tiff) {
  const bool big_endian = begins_with(tiff, "MM\0*"sv);
  if (tiff.size() < 8 || (!big_endian && !begins_with(tiff, "II*\0"sv))) return kUpright;
  const std::size_t directory = read_number(tiff, 4, 4, big_endian);
  if (directory > tiff.size() - 2) return kUpright;
  const std::size_t entries = read_number(tiff, directory, 2, big_endian);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.size()) return kUpright;
    if (read_number(tiff, entry, 2, big_endian) != kOrientationTag) continue;
    const std::uint32_t value = read_number(tiff, entry + 8, 2, big_endian);
    const bool makes_sense = read_number(tiff, entry + 2, 2, big_endian) == kShort &&
                             read_number(tiff, entry + 4, 4, big_endian) == 1 && value >= 1 &&
                             value <= 8;
    return makes_sense ? static_cast<int>(value) : kUpright;
  }
  return kUpright;
}

/// Returns the EXIF data of a JPEG file: those of the first Exif segment before the image data.
/// nullopt if there is no such segment.
std::optional<Bytes> find_in_jpeg(Bytes file) {
  std::size_t position = 2;
  while (position + 4 <= file.size() && file[position] == 0xFF) {
    const std::uint8_t marker = file[position + 1];
    if (marker == 0xFF) {  // a fill byte
      ++position;
      continue;
    }
    const std::size_t length = read_number(file, position + 2, 2, true);
    if (marker == 0xDA || marker == 0xD9 || length < 2) return std::nullopt;
    if (length > file.size() - position - 2) return std::nullopt;
    const Bytes segment = file.subspan(position + 4, length - 2);
    if (marker == 0xE1 && begins_with(segment, "Exif\0\0"sv)) return segment.subspan(6);
    position += 2 + length;
  }
  return std::nullopt;
}

std::optional<Bytes> find_in_png(Bytes file) {
  std::size_t position = 8;  // after the signature
  while (position + 12 <= file.size()) {
    const std::size_t length = read_number(file, position, 4, true);
    if (length > file.size() - position - 12) return std::nullopt;
    if (begins_with(file.subspan(position + 4), "eXIf"sv)) {
      return file.subspan(position + 8, length);
    }
    position += length + 12;
  }
  return std::nullopt;
}

}  // namespace

int exif_orientation(Bytes file) {
  std::optional<Bytes> tiff;
  if (begins_with(file, "\xFF\xD8\xFF"sv)) tiff = find_in_jpeg(file);
  if (begins_with(file, "\x89PNG\r\n\x1A\n"sv)) tiff = find_in_png(file);
  return tiff ? tiff_orientation(*tiff) : kUpright;
}

Image upright(Image image, int orientation) {
  if (orientation <= kUpright || orientation > 8) return image;
  const std::size_t width = image.width;
  const std::size_t height = image.height;
  // Which corner the upright image's first pixel comes from, and whether x and y are swapped.
  const bool swaps = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image result{image.width, image.height, {}};
  if (swaps) std::swap(result.width, result.height);
  result.rgb.resize(image.rgb.size());
  std::uint8_t* target = result.rgb.data();
  for (std::size_t y = 0; y < result.height; ++y) {
    for (std::size_t x = 0; x < result.width; ++x, target += 3) {
      const std::size_t column = swaps ? y : x;
      const std::size_t row = swaps ? x : y;
      const std::size_t source_row = from_bottom ? height - 1 - row : row;
      const std::size_t source_column = from_right ? width - 1 - column : column;
      std::copy_n(image.rgb.data() + (source_row * width + source_column) * 3, 3, target);
    }
  }
  return result;
}

}  // namespace gfnet::image
