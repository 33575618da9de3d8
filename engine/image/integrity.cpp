#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>
#include <string_view>

#include "image/decoders.h"

namespace gfnet::image {
namespace {

/// Types of PNG's critical chunks, which a decoder must know. CgBI is Apple's extension.
constexpr std::string_view kCriticalChunks[] = {"IHDR", "PLTE", "IDAT", "IEND", "CgBI"};

std::uint32_t read_big_endian(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(bytes[offset]) << 24 |
         static_cast<std::uint32_t>(bytes[offset + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[offset + 2]) << 8 | bytes[offset + 3];
}

}  // namespace

bool has_jpeg_end(std::span<const std::uint8_t> bytes) {
  std::size_t position = 2;  // after the start-of-image marker
  while (position + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + position, 0xFF, bytes.size() - 1 - position);
    if (found == nullptr) return false;
    position = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data()) + 1;
    const std::uint8_t marker = bytes[position];
    if (marker == 0xFF) continue;  // fill byte: the marker follows
    ++position;
    if (marker == 0xD9) return true;
    // Stuffed zeros, TEM, restart markers and a repeated start marker stand alone. All others have
    // a length.
    if (marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    if (position + 2 > bytes.size()) return false;
    position += std::size_t{bytes[position]} << 8 | bytes[position + 1];
  }
  return false;
}

DeclaredExtent png_extent(std::span<const std::uint8_t> bytes) {
  // The header chunk comes first: signature, length, type, width, height.
  if (bytes.size() < 24) throw DecodeFailure{"truncated PNG"};
  return {read_big_endian(bytes, 16), read_big_endian(bytes, 20)};
}

PnmHeader read_pnm_header(std::span<const std::uint8_t> bytes) {
  std::size_t position = 2;  // after the magic number
  const auto next_number = [&] {
    while (position < bytes.size() &&
           (std::isspace(bytes[position]) != 0 || bytes[position] == '#')) {
      if (bytes[position] == '#') {
        while (position < bytes.size() && bytes[position] != '\n') ++position;
      } else {
        ++position;
      }
    }
    std::uint64_t number = 0;
    const std::size_t start = position;
    // Twelve digits exceed every limit and cannot overflow.
    for (; position < bytes.size() && position < start + 12 && std::isdigit(bytes[position]) != 0;
         ++position) {
      number = number * 10 + (bytes[position] - '0');
    }
    if (position == start) throw DecodeFailure{"corrupt PNM: the header lacks a number"};
    return number;
  };
  PnmHeader header;
  header.extent.width = next_number();
  header.extent.height = next_number();
  header.largest_sample = next_number();
  return header;
}

std::optional<std::string> find_png_fault(std::span<const std::uint8_t> bytes) {
  std::size_t position = 8;  // after the signature
  while (position + 12 <= bytes.size()) {
    const std::size_t length = read_big_endian(bytes, position);
    if (length > bytes.size() - position - 12) break;
    const std::string_view type(reinterpret_cast<const char*>(bytes.data() + position + 4), 4);
    const bool critical = (bytes[position + 4] & 0x20u) == 0;
    if (critical) {
      if (std::ranges::find(kCriticalChunks, type) == std::end(kCriticalChunks)) {
        return fmt::format("corrupt PNG: unknown chunk type at offset {}", position);
      }
      const uLong checksum =
          crc32_z(crc32_z(0, nullptr, 0), bytes.data() + position + 4, length + 4);
      if (checksum != read_big_endian(bytes, position + 8 + length)) {
        return fmt::format("corrupt PNG: wrong checksum of the chunk at offset {}", position);
      }
    }
    if (type == "IEND") return std::nullopt;
    position += length + 12;
  }
  return "truncated PNG: no end chunk";
}

}  // namespace gfnet::image
