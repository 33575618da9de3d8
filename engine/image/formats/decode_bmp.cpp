#include <algorithm>
#include <optional>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

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

/// Returns a copy of the file with a colour for every index that a pixel can have, since stb_image
/// reads uninitialised memory for an index beyond the palette, and four entries too few of an OS/2
/// file. Added colours are black, as in PIL. Returns an empty vector if the file needs no change.
/// Throws DecodeFailure if stb_image would read the file without a palette.
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

}  // namespace

Image decode_bmp(Bytes file, const DecodeOptions& options) {
  const std::vector<std::uint8_t> whole = complete_bmp(file);
  return decode_with_stb(whole.empty() ? file : whole, "BMP", options);
}

}  // namespace gfnet::image
