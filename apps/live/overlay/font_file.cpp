#include "overlay/font_file.h"

#include <gfnet/error.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "system/paths.h"

namespace live {
namespace {

using gfnet::system::path_of;

/// Usual paths of fonts that cover many languages.
constexpr std::array kFonts{
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "C:/Windows/Fonts/segoeui.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
};

using Bytes = std::vector<unsigned char>;

std::uint32_t word_at(const Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

/// Whether the bytes are a font that has all needed tables, and no table reaches beyond the end of
/// the file. Reads only the table directory (OpenType specification, "Font file"): a header of 12
/// bytes, then for each table an entry of 16 bytes: tag, checksum, offset and length.
bool is_font(const Bytes& bytes) {
  constexpr std::uint32_t kTrueType = 0x00010000;
  constexpr std::uint32_t kApples = 0x74727565;    // true
  constexpr std::uint32_t kOpenType = 0x4F54544F;  // OTTO
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kEntry = 16;
  if (bytes.size() < kHeader) return false;
  const std::uint32_t kind = word_at(bytes, 0);
  const std::size_t tables = word_at(bytes, 4) >> 16U;
  if ((kind != kTrueType && kind != kApples && kind != kOpenType) ||
      bytes.size() < kHeader + tables * kEntry) {
    return false;
  }
  std::array<std::string_view, 5> needed{"cmap", "head", "hhea", "hmtx", "maxp"};
  auto missing = needed.end();
  for (std::size_t i = 0; i < tables; ++i) {
    const std::size_t entry = kHeader + i * kEntry;
    const std::string_view tag(reinterpret_cast<const char*>(bytes.data()) + entry, 4);
    if (std::uint64_t{word_at(bytes, entry + 8)} + word_at(bytes, entry + 12) > bytes.size()) {
      return false;
    }
    missing = std::remove(needed.begin(), missing, tag);
  }
  return missing == needed.begin();
}

Bytes read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path_of(path), std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) throw gfnet::FormatError(path_of(path), std::strerror(errno));
  if (!is_font(bytes)) throw gfnet::FormatError(path_of(path), "not a TrueType or OpenType font");
  return bytes;
}

}  // namespace

Bytes read_font(const std::string& path) {
  if (!path.empty()) return read_file(path);
  for (const char* const known : kFonts) {
    try {
      return read_file(known);
    } catch (const gfnet::FormatError&) {
      // Not on this system, or not usable: try the next.
    }
  }
  return {};
}

}  // namespace live
