#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

/// Reading the fields of a file's header. Offsets and sizes are in bytes.
namespace gfnet::image {

using Bytes = std::span<const std::uint8_t>;

/// Whether the file holds `text` at an offset.
inline bool holds(Bytes file, std::size_t offset, std::string_view text) {
  return file.size() >= text.size() && offset <= file.size() - text.size() &&
         std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

/// The number of `size` bytes (1 to 4) at an offset, the lowest byte first. The bytes must be in
/// the file.
inline std::uint32_t read_little(Bytes file, std::size_t offset, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | file[offset + i];
  return number;
}

/// The same, the highest byte first.
inline std::uint32_t read_big(Bytes file, std::size_t offset, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | file[offset + i];
  return number;
}

inline void append(std::vector<std::uint8_t>& file, Bytes bytes) {
  file.insert(file.end(), bytes.begin(), bytes.end());
}

inline void append_little(std::vector<std::uint8_t>& file, std::uint32_t number, int size) {
  for (int i = 0; i < size; ++i) file.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

}  // namespace gfnet::image
