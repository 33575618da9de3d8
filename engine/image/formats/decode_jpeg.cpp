#include <cstring>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// Follows a JPEG file's segments. Returns whether an end-of-image marker comes after them.
bool has_jpeg_end(Bytes bytes) {
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

}  // namespace

Image decode_jpeg(Bytes file, const DecodeOptions& options) {
  // Checked first: stb_image silently replaces missing data by grey. Some builds of libjpeg do so
  // for progressive files.
  if (!has_jpeg_end(file)) throw DecodeFailure{"truncated JPEG: no end-of-image marker"};
#ifdef GFNET_WITH_LIBJPEG
  if (!options.prefer_stb) return decode_with_libjpeg(file, options);
#endif
  return decode_with_stb(file, "JPEG", options);
}

}  // namespace gfnet::image
