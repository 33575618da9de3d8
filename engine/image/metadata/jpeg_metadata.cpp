#include "image/formats/bytes.h"
#include "image/metadata/metadata.h"

namespace gfnet::image {

using namespace std::string_view_literals;

Metadata jpeg_metadata(Bytes file) {
  constexpr std::string_view kExif = "Exif\0\0"sv;
  constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/\0"sv;
  Metadata found;
  std::size_t position = 2;
  while (position + 4 <= file.size()) {
    const std::uint8_t marker = file[position + 1];
    if (file[position] != 0xFF || marker == 0x00 || marker == 0xFF) {  // a stray or fill byte
      ++position;
      continue;
    }
    const bool stands_alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (stands_alone) {
      position += 2;
      continue;
    }
    const std::size_t length = read_big(file, position + 2, 2);
    if (marker == 0xDA || marker == 0xD9 || length < 2) break;
    if (length > file.size() - position - 2) break;
    const Bytes segment = file.subspan(position + 4, length - 2);
    if (marker == 0xE1 && holds(segment, 0, kExif)) {
      const Bytes exif = segment.subspan(kExif.size());
      found.exif.insert(found.exif.end(), exif.begin(), exif.end());
    } else if (marker == 0xE1 && holds(segment, 0, kXmp)) {
      const Bytes xmp = segment.subspan(kXmp.size());
      found.xmp.assign(xmp.begin(), xmp.end());
    }
    position += 2 + length;
  }
  return found;
}

}  // namespace gfnet::image
