#pragma once

#include <optional>

#include "image/formats/bytes.h"

/// Reads the orientation from metadata. The functions throw nothing.
namespace gfnet::image {

/// The orientation of an image that needs no turn.
inline constexpr int kUpright = 1;

/// Returns the Orientation tag (0x0112) in the first directory of a TIFF structure, as which EXIF
/// data are stored. Up to two headers "Exif\0\0" before it are skipped. Numbers of every type
/// count, as in PIL, if they are 1 to 8; any other value is returned as 1. Returns nothing if there
/// is no tag.
/// Source: CIPA DC-008 (Exif 2.32), 4.6.4; TIFF 6.0, section 2; the BigTIFF design.
std::optional<int> exif_orientation(Bytes exif);

/// Returns the digit after the first tiff:Orientation in XMP data, whether it is an attribute or an
/// element. A digit that is no orientation is returned as 1. Returns nothing if there is none.
std::optional<int> xmp_orientation(Bytes xmp);

}  // namespace gfnet::image
