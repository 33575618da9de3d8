#pragma once

#include <optional>

#include "image/formats/bytes.h"

/// Reads the orientation from metadata. The functions throw nothing.
namespace gfnet::image {

/// The orientation of an image that needs no turn.
inline constexpr int kUpright = 1;

/// Returns the Orientation tag (0x0112) in EXIF data, which are stored as the first directory of a
/// TIFF structure. Up to two headers "Exif\0\0" before it are skipped. Numbers of every type count,
/// as in PIL, if they are 1 to 8; any other value is returned as 1. So are data that are no TIFF,
/// or a BigTIFF, which PIL does not read. Returns nothing if there are no data or no tag. Source:
/// CIPA DC-008 (Exif 2.32), 4.6.4; TIFF 6.0, section 2.
std::optional<int> exif_orientation(Bytes exif);

/// Returns the Orientation tag of a TIFF or BigTIFF file, as exif_orientation() does.
/// Source: TIFF 6.0, section 8; the BigTIFF design.
std::optional<int> tiff_orientation(Bytes tiff);

/// Returns the digit after the first tiff:Orientation in XMP data, whether it is an attribute or an
/// element. A digit that is no orientation is returned as 1. Returns nothing if there is none.
std::optional<int> xmp_orientation(Bytes xmp);

}  // namespace gfnet::image
