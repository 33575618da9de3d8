#pragma once

#include <cstdint>
#include <vector>

#include "image/formats/bytes.h"

/// Finds the descriptions of an image that a file holds beside its pixels.
namespace gfnet::image {

/// EXIF data have the form of a TIFF file. XMP data are XML text. Both are copies of what the file
/// holds, not verified. Empty: the file holds none.
struct Metadata {
  std::vector<std::uint8_t> exif;
  std::vector<std::uint8_t> xmp;
};

/// The functions below follow the parts of a file of the named format, as PIL does. They stop at
/// the first part that is damaged, and return what they found before it. They never throw, except
/// std::bad_alloc. Their time and memory are bounded by the size of the file, and 2 MiB more for
/// text that is compressed.

/// The Exif segments of a JPEG file, joined, and the last XMP segment, before the image data.
Metadata jpeg_metadata(Bytes file);

/// The chunk eXIf of a PNG file, or the text "Raw profile type exif" that older programs wrote, and
/// the text "XML:com.adobe.xmp". The last of several counts. Text that unpacks to more than 1 MiB
/// counts as empty.
Metadata png_metadata(Bytes file);

/// The first chunks "EXIF" and "XMP " of a WebP file in the extended form.
Metadata webp_metadata(Bytes file);

}  // namespace gfnet::image
