#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <iterator>

#include "image/formats/decoders.h"

// Source: W3C, Portable Network Graphics (PNG) Specification.
namespace gfnet::image {
namespace {

/// Types of the critical chunks, which a decoder must know.
constexpr std::string_view kCriticalChunks[] = {"IHDR", "PLTE", "IDAT", "IEND"};

/// Checks the critical chunks of a file: their types, checksums and the end chunk. Returns where
/// the palette's chunk is, in bytes; 0 if there is none. Throws DecodeFailure.
std::size_t check_png_chunks(Bytes file) {
  std::size_t palette = 0;
  std::size_t position = 8;  // after the signature
  while (position + 12 <= file.size()) {
    const std::size_t length = read_big(file, position, 4);
    if (length > file.size() - position - 12) break;
    const std::string_view type(reinterpret_cast<const char*>(file.data() + position + 4), 4);
    if (type == "CgBI") throw DecodeFailure{"PNG in Apple's own form (CgBI) is not supported"};
    const bool is_critical = (file[position + 4] & 0x20u) == 0;
    if (is_critical) {
      if (std::ranges::find(kCriticalChunks, type) == std::end(kCriticalChunks)) {
        throw DecodeFailure{fmt::format("corrupt PNG: unknown chunk type at offset {}", position)};
      }
      const uLong checksum =
          crc32_z(crc32_z(0, nullptr, 0), file.data() + position + 4, length + 4);
      if (checksum != read_big(file, position + 8 + length, 4)) {
        throw DecodeFailure{
            fmt::format("corrupt PNG: wrong checksum of the chunk at offset {}", position)};
      }
    }
    if (type == "PLTE") {
      if (palette != 0) throw DecodeFailure{"corrupt PNG: it has two palettes"};
      palette = position;
    }
    if (type == "IEND") return palette;
    position += length + 12;
  }
  throw DecodeFailure{"truncated PNG: no end chunk"};
}

/// Returns a copy of the file with a palette of 256 colours, since stb_image reads uninitialised
/// memory for an index beyond the palette. Added colours are black, as in PIL. palette: where its
/// chunk is. Throws DecodeFailure if the palette's size is none that is possible.
std::vector<std::uint8_t> with_whole_palette(Bytes file, std::size_t palette) {
  constexpr std::size_t kMost = 256 * 3;
  const std::size_t length = read_big(file, palette, 4);
  if (length == 0 || length > kMost || length % 3 != 0) {
    throw DecodeFailure{"corrupt PNG: the palette's size is invalid"};
  }
  const std::size_t end = palette + 8 + length;
  std::vector<std::uint8_t> whole;
  append(whole, file.first(palette));
  for (const std::size_t byte : {kMost >> 24, kMost >> 16, kMost >> 8, kMost}) {
    whole.push_back(static_cast<std::uint8_t>(byte));
  }
  append(whole, file.subspan(palette + 4, 4 + length));
  whole.resize(whole.size() + kMost - length);
  append(whole, file.subspan(end));  // keeps the old checksum: stb_image ignores it
  return whole;
}

Image decode_png_with_stb(Bytes file, std::size_t palette, const DecodeOptions& options) {
  constexpr std::size_t kColourType = 25;
  constexpr std::uint8_t kIndexed = 3;
  if (palette == 0 || file[kColourType] != kIndexed) return decode_with_stb(file, "PNG", options);
  return decode_with_stb(with_whole_palette(file, palette), "PNG", options);
}

/// The memory for each pixel, or more if unpacking the stored samples takes that much longer. bits:
/// of a sample. colours: the header's kind of colours.
std::uint64_t png_pixel_bytes(std::uint64_t bits, std::uint8_t colours) {
  constexpr std::uint8_t kRgb = 2;
  constexpr std::uint8_t kAlpha = 4;
  const bool is_rgb = (colours & kRgb) != 0 && (colours & 1) == 0;
  const std::uint64_t samples = (is_rgb ? 3 : 1) + ((colours & kAlpha) != 0 ? 1 : 0);
  return std::max<std::uint64_t>(3, (samples * bits / 8 * 5 + 7) / 8);
}

}  // namespace

Image decode_png(Bytes file, const DecodeOptions& options) {
  const std::size_t palette = check_png_chunks(file);
  // The header chunk comes first: length, type, width, height and 5 bytes more.
  if (!holds(file, 12, "IHDR") || file.size() < 33) {
    throw DecodeFailure{"corrupt PNG: it does not begin with a header"};
  }
  const std::uint32_t width = read_big(file, 16, 4);
  const std::uint32_t height = read_big(file, 20, 4);
  check_extent(width, height, file.size(), png_pixel_bytes(file[24], file[25]), options);
#ifdef GFNET_WITH_LIBPNG
  if (!options.prefer_stb) return decode_with_libpng(file, width, height);
#endif
  return decode_png_with_stb(file, palette, options);
}

}  // namespace gfnet::image
