#include "image/formats/bytes.h"
#include "image/metadata/metadata.h"

namespace gfnet::image {

Metadata webp_metadata(Bytes file) {
  constexpr std::size_t kFirstChunk = 12;  // after "RIFF", a size and "WEBP"
  constexpr std::uint8_t kHasXmp = 4;
  constexpr std::uint8_t kHasExif = 8;
  Metadata found;
  std::uint8_t flags = 0;
  std::size_t position = kFirstChunk;
  while (position + 8 <= file.size()) {
    const Bytes name = file.subspan(position, 4);
    const std::size_t length = read_little(file, position + 4, 4);
    if (length > file.size() - position - 8) break;
    const Bytes chunk = file.subspan(position + 8, length);
    if (position == kFirstChunk) {
      if (!holds(name, 0, "VP8X") || chunk.empty()) break;
      flags = chunk[0];
    }
    if (holds(name, 0, "EXIF") && (flags & kHasExif) != 0 && found.exif.empty()) {
      found.exif.assign(chunk.begin(), chunk.end());
    }
    if (holds(name, 0, "XMP ") && (flags & kHasXmp) != 0 && found.xmp.empty()) {
      found.xmp.assign(chunk.begin(), chunk.end());
    }
    position += 8 + length + length % 2;
  }
  return found;
}

}  // namespace gfnet::image
