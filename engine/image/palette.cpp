#include <algorithm>
#include <optional>

#include "image/decoders.h"

// stb_image does not check that an index is in the palette. For BMP and PNG it then reads
// uninitialised memory; for TGA it takes the first entry. It also misreads two headers: it reads
// four entries too few of an OS/2 BMP, and skips bytes of a TGA whose palette starts above index 0.
// Therefore this file gives stb_image a palette with an entry for every index. GIF does not need
// it: stb_image clears GIF palettes.
namespace gfnet::image {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t read_little(Bytes bytes, std::size_t offset, int width) {
  std::uint32_t number = 0;
  for (int i = width; i-- > 0;) {
    number = number << 8 | bytes[offset + static_cast<std::size_t>(i)];
  }
  return number;
}

void append(std::vector<std::uint8_t>& file, Bytes bytes) {
  file.insert(file.end(), bytes.begin(), bytes.end());
}

void append_little(std::vector<std::uint8_t>& file, std::uint32_t number, int width) {
  for (int i = 0; i < width; ++i) file.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

/// Fields of a BMP header that describe palette and pixels. pixels, palette: byte offsets in the
/// file where the pixels and the palette start.
struct BmpHeader {
  std::size_t pixels = 0;
  std::size_t palette = 0;
  bool is_of_os2 = false;  // 12 bytes, and 3 bytes an entry
  std::uint32_t bits = 0;
  std::uint32_t entries = 0;
};

/// Reads the header of a BMP file. nullopt if the file has no palette, or if stb_image refuses to
/// decode the file. Throws DecodeFailure
/// if the compression is unknown and stb_image would not refuse it.
std::optional<BmpHeader> read_bmp_header(Bytes file) {
  constexpr std::size_t kFileHeader = 14;
  constexpr std::size_t kOs2Header = 12;
  constexpr std::size_t kInfoHeader = 40;
  if (file.size() < kFileHeader + kOs2Header) return std::nullopt;
  BmpHeader header;
  const std::uint32_t size = read_little(file, 14, 4);
  header.pixels = read_little(file, 10, 4);
  header.palette = kFileHeader + size;
  header.is_of_os2 = size == kOs2Header;
  if (!header.is_of_os2 && size != kInfoHeader && size != 56 && size != 108 && size != 124) {
    return std::nullopt;
  }
  if (file.size() < header.palette) return std::nullopt;
  std::uint32_t entries = 0;  // 0 for all
  if (header.is_of_os2) {
    header.bits = read_little(file, 24, 2);
  } else {
    header.bits = read_little(file, 28, 2);
    const std::uint32_t compression = read_little(file, 30, 4);
    // stb_image treats negative numbers as uncompressed.
    if (compression >> 31 != 0) throw DecodeFailure{"corrupt BMP: unknown compression"};
    if (compression != 0) return std::nullopt;
    entries = read_little(file, 46, 4);
  }
  if (header.bits != 1 && header.bits != 4 && header.bits != 8) return std::nullopt;
  header.entries = std::uint32_t{1} << header.bits;
  if (entries != 0) header.entries = std::min(header.entries, entries);
  return header;
}

std::vector<std::uint8_t> complete_bmp(Bytes file) {
  const std::optional<BmpHeader> header = read_bmp_header(file);
  if (!header) return {};
  if (header->pixels <= header->palette) {
    throw DecodeFailure{"corrupt BMP: it has no room for a palette"};
  }
  if (header->pixels > file.size()) return {};  // cut short
  const std::size_t entry = header->is_of_os2 ? 3 : 4;
  const std::size_t given =
      std::min<std::size_t>(header->entries, (header->pixels - header->palette) / entry);

  const std::uint32_t all = std::uint32_t{1} << header->bits;
  std::vector<std::uint8_t> whole;
  whole.reserve(54 + 4 * std::size_t{all} + file.size() - header->pixels);
  append(whole, file.first(10));
  append_little(whole, 54 + 4 * all, 4);
  append_little(whole, 40, 4);
  if (header->is_of_os2) {
    append_little(whole, read_little(file, 18, 2), 4);
    append_little(whole, read_little(file, 20, 2), 4);
  } else {
    append(whole, file.subspan(18, 8));
  }
  append(whole, file.subspan(header->is_of_os2 ? 22 : 26, 2));  // planes
  append_little(whole, header->bits, 2);
  whole.resize(54);
  for (std::size_t i = 0; i < given; ++i) {
    append(whole, file.subspan(header->palette + i * entry, 3));
    whole.push_back(0);
  }
  whole.resize(54 + 4 * std::size_t{all});
  append(whole, file.subspan(header->pixels));
  return whole;
}

/// with_whole_palette() for a PNG file. The file must be one in which find_png_fault() finds no
/// fault.
std::vector<std::uint8_t> complete_png(Bytes file) {
  constexpr std::size_t kMost = 256 * 3;
  constexpr std::size_t kFrame = 12;  // length, type and checksum
  constexpr std::size_t kColourType = 25;
  constexpr std::uint8_t kIndexed = 3;
  constexpr std::uint32_t kPalette = 0x504C5445;  // PLTE
  if (file.size() <= kColourType || file[kColourType] != kIndexed) return {};
  const auto read_big = [file](std::size_t offset) {
    return std::uint32_t{file[offset]} << 24 | std::uint32_t{file[offset + 1]} << 16 |
           std::uint32_t{file[offset + 2]} << 8 | file[offset + 3];
  };
  std::optional<std::size_t> palette;
  for (std::size_t position = 8; position + kFrame <= file.size();) {
    const std::size_t length = read_big(position);
    if (length > file.size() - position - kFrame) break;
    if (read_big(position + 4) == kPalette) {
      if (palette) throw DecodeFailure{"corrupt PNG: it has two palettes"};
      palette = position;
    }
    position += length + kFrame;
  }
  if (!palette) return {};
  const std::size_t length = read_big(*palette);
  if (length == 0 || length >= kMost || length % 3 != 0) return {};

  const std::size_t end = *palette + 8 + length;
  std::vector<std::uint8_t> whole;
  append(whole, file.first(*palette));
  for (const std::size_t byte : {kMost >> 24, kMost >> 16, kMost >> 8, kMost}) {
    whole.push_back(static_cast<std::uint8_t>(byte));
  }
  append(whole, file.subspan(*palette + 4, 4 + length));
  whole.resize(whole.size() + kMost - length);
  append(whole, file.subspan(end));  // keeps the old checksum: stb_image ignores it
  return whole;
}

std::vector<std::uint8_t> complete_tga(Bytes file) {
  constexpr std::size_t kHeader = 18;
  if (file.size() < kHeader || file[1] != 1) return {};
  const std::size_t first = read_little(file, 3, 2);
  const std::size_t given = read_little(file, 5, 2);
  const std::size_t entry = (std::size_t{file[7]} + 7) / 8;
  const std::size_t palette = kHeader + file[0];
  // The field cannot hold 65536. So with 16-bit indices, index 65535 gets the first entry.
  const std::size_t all = file[16] == 8 ? 256 : 65535;
  if (given == 0 || entry == 0 || file.size() < palette + given * entry) return {};

  std::vector<std::uint8_t> whole;
  append(whole, file.first(3));
  append_little(whole, 0, 2);
  append_little(whole, static_cast<std::uint32_t>(all), 2);
  append(whole, file.subspan(7, palette - 7));
  whole.resize(palette + std::min(first, all) * entry);
  append(whole, file.subspan(palette, std::min(given, all - std::min(first, all)) * entry));
  whole.resize(palette + all * entry);
  append(whole, file.subspan(palette + given * entry));
  return whole;
}

}  // namespace

std::vector<std::uint8_t> with_whole_palette(Bytes file, std::string_view format) {
  if (format == "BMP") return complete_bmp(file);
  if (format == "PNG") return complete_png(file);
  if (format == "TGA") return complete_tga(file);
  return {};
}

}  // namespace gfnet::image
