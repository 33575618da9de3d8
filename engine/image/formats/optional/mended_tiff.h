#pragma once

#include <cstdint>
#include <vector>

#include "image/formats/bytes.h"

namespace gfnet::image {

/// The first directory of a TIFF file may break the standard in ways that PIL accepts and libtiff
/// does not. Returns the file with an equivalent directory, of this page alone, that keeps it; or
/// nothing if there is nothing to change. What is mended:
/// - the bytes of the number 42 in the header that are exchanged;
/// - numbers of the types float, double and directory's offset, and more numbers than a tag has;
/// - a PlanarConfiguration that is neither 1 nor 2, which counts as 1;
/// - a SampleFormat for fewer or more samples than a pixel has, and a palette of another length;
/// - StripByteCounts of uncompressed strips that are missing or do not fit the strips;
/// - a tag of tiles in a file of strips;
/// - YCbCr of one sample, which is grey, and uncompressed YCbCr without a subsampling whose strips
///   hold all samples.
/// Throws DecodeFailure if the file has fewer strips or tiles than its pixels need, or more than
/// 2²², or if the values of its tags are together larger than the file. Source: TIFF 6.0, sections
/// 2, 8 and 15; the BigTIFF design.
std::vector<std::uint8_t> mended_tiff(Bytes file);

}  // namespace gfnet::image
