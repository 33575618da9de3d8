#pragma once

#include <tiffio.h>

#include "image/formats/decoders.h"

namespace gfnet::image {

/// What decoding the file's first image needs at most, as its tags say: the samples, the result, and
/// what libtiff and its codecs keep of a strip or tile.
/// Throws DecodeFailure if tiles are far larger than the image.
DecoderMemory tiff_memory(TIFF* tiff);

/// Whether libtiff's own conversion to RGBA reads the file, as in PIL. It reads YCbCr, but for what
/// libjpeg converts itself.
bool is_read_as_rgba(TIFF* tiff);

}  // namespace gfnet::image
