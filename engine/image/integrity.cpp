#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string_view>

#include "image/decoders.h"

namespace gfnet::image {
namespace {

/// What a decoder must know; CgBI is Apple's.
constexpr std::string_view kCriticalChunks[] = {"IHDR", "PLTE", "IDAT", "IEND", "CgBI"};

std::uint32_t read_big_endian(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(bytes[offset]) << 24 |
         static_cast<std::uint32_t>(bytes[offset + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[offset + 2]) << 8 | bytes[offset + 3];
}

/// CRC-32 as ISO 3309 and the PNG specification, annex D: polynomial 0xEDB88320, reflected.
std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t remainder = n;
      for (int bit = 0; bit < 8; ++bit) {
        remainder = (remainder & 1u) != 0 ? 0xEDB88320u ^ (remainder >> 1) : remainder >> 1;
      }
      table[n] = remainder;
    }
    return table;
  }();
  std::uint32_t remainder = 0xFFFFFFFFu;
  for (std::uint8_t byte : bytes) {
    remainder = kTable[(remainder ^ byte) & 0xFFu] ^ (remainder >> 8);
  }
  return ~remainder;
}

}  // namespace

bool has_jpeg_end(std::span<const std::uint8_t> bytes) {
  std::size_t position = 2;  // after the start-of-image marker
  while (position + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + position, 0xFF, bytes.size() - 1 - position);
    if (found == nullptr) return false;
    position = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data()) + 1;
    const std::uint8_t marker = bytes[position];
    if (marker == 0xFF) continue;  // fill byte: the marker is still to come
    ++position;
    if (marker == 0xD9) return true;
    // Stuffed zeros, TEM, restart markers and a repeated start stand alone, all others have a
    // length.
    if (marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    if (position + 2 > bytes.size()) return false;
    position += std::size_t{bytes[position]} << 8 | bytes[position + 1];
  }
  return false;
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
        return "corrupt PNG: unknown kind of chunk at offset " + std::to_string(position);
      }
      if (crc32(bytes.subspan(position + 4, length + 4)) !=
          read_big_endian(bytes, position + 8 + length)) {
        return "corrupt PNG: checksum of the chunk at offset " + std::to_string(position);
      }
    }
    if (type == "IEND") return std::nullopt;
    position += length + 12;
  }
  return "truncated PNG: no end chunk";
}

}  // namespace gfnet::image
