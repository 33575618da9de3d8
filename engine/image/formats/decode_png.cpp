#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// Types of PNG's critical chunks, which a decoder must know. CgBI is Apple's extension.
constexpr std::string_view kCriticalChunks[] = {"IHDR", "PLTE", "IDAT", "IEND", "CgBI"};

/// Checks the chunks of a PNG file. Returns a description of the fault: the file is truncated, or a
/// critical chunk is unknown or has a wrong checksum. Returns nullopt if there is no fault.
std::optional<std::string> find_png_fault(Bytes bytes) {
  std::size_t position = 8;  // after the signature
  while (position + 12 <= bytes.size()) {
    const std::size_t length = read_big(bytes, position, 4);
    if (length > bytes.size() - position - 12) break;
    const std::string_view type(reinterpret_cast<const char*>(bytes.data() + position + 4), 4);
    const bool critical = (bytes[position + 4] & 0x20u) == 0;
    if (critical) {
      if (std::ranges::find(kCriticalChunks, type) == std::end(kCriticalChunks)) {
        return fmt::format("corrupt PNG: unknown chunk type at offset {}", position);
      }
      const uLong checksum =
          crc32_z(crc32_z(0, nullptr, 0), bytes.data() + position + 4, length + 4);
      if (checksum != read_big(bytes, position + 8 + length, 4)) {
        return fmt::format("corrupt PNG: wrong checksum of the chunk at offset {}", position);
      }
    }
    if (type == "IEND") return std::nullopt;
    position += length + 12;
  }
  return "truncated PNG: no end chunk";
}

/// Returns a copy of the file with a palette of 256 colours, since stb_image reads uninitialised
/// memory for an index beyond the palette. Added colours are black, as in PIL. Returns an empty
/// vector if the file needs no change. The file must be one in which find_png_fault() finds no
/// fault. Throws DecodeFailure if it has two palettes.
std::vector<std::uint8_t> complete_png(Bytes file) {
  constexpr std::size_t kMost = 256 * 3;
  constexpr std::size_t kFrame = 12;  // length, type and checksum
  constexpr std::size_t kColourType = 25;
  constexpr std::uint8_t kIndexed = 3;
  constexpr std::uint32_t kPalette = 0x504C5445;  // PLTE
  if (file.size() <= kColourType || file[kColourType] != kIndexed) return {};
  std::optional<std::size_t> palette;
  for (std::size_t position = 8; position + kFrame <= file.size();) {
    const std::size_t length = read_big(file, position, 4);
    if (length > file.size() - position - kFrame) break;
    if (read_big(file, position + 4, 4) == kPalette) {
      if (palette) throw DecodeFailure{"corrupt PNG: it has two palettes"};
      palette = position;
    }
    position += length + kFrame;
  }
  if (!palette) return {};
  const std::size_t length = read_big(file, *palette, 4);
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

}  // namespace

Image decode_png(Bytes file, const DecodeOptions& options) {
  if (const auto fault = find_png_fault(file)) throw DecodeFailure{*fault};
  // The header chunk comes first: signature, length, type, width, height. Checked here because
  // stb_image gives no reason if a size exceeds its own limits.
  if (file.size() < 24) throw DecodeFailure{"truncated PNG"};
  check_extent(read_big(file, 16, 4), read_big(file, 20, 4), file.size(), options);
  const std::vector<std::uint8_t> whole = complete_png(file);
  return decode_with_stb(whole.empty() ? file : whole, "PNG", options);
}

}  // namespace gfnet::image
