#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gfnet {

/// Start value of an FNV-1a hash.
inline constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325ULL;

/// Extends a 64-bit FNV-1a hash by further bytes. Such a hash detects damage and accidental
/// differences, not deliberate collisions.
constexpr std::uint64_t fnv(std::uint64_t hash, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}
constexpr std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

}  // namespace gfnet
