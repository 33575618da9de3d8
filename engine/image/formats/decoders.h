#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/decode.h"
#include "image/formats/bytes.h"

/// The decoders behind decode_image(), one a format. A decoder throws DecodeFailure. decode_image()
/// adds the file's name and throws FormatError. Each function takes the whole file, which begins
/// with the format's signature.
namespace gfnet::image {

struct DecodeFailure {
  std::string cause;
};

/// What a decoder needs at its peak.
struct DecoderMemory {
  /// Not explicit: most decoders only need bytes a pixel.
  DecoderMemory(std::uint64_t pixel, std::uint64_t other = 0)
      : pixel_bytes(pixel), other_bytes(other) {}

  std::uint64_t pixel_bytes;  ///< for each pixel, with the result's 3 bytes
  std::uint64_t other_bytes;  ///< besides, such as a tile that is larger than the image
};

/// Throws DecodeFailure if width or height is 0, if the image exceeds options.max_pixels, if no
/// format could pack so many pixels into a file of `bytes` bytes, or if the file is small and its
/// decoder needs more memory than small files may take; see docs/image-formats.md. A decoder calls
/// it before it allocates memory for the pixels: it also waits until memory for them is free.
void check_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                  const DecoderMemory& memory, const DecodeOptions& options);

/// The same for formats that predict pixels from others: an area of one colour takes hardly a byte,
/// whatever its size.
void check_dense_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                        const DecoderMemory& memory, const DecodeOptions& options);

/// The memory that a decoder may take for a file of `bytes` bytes, in bytes.
std::uint64_t most_memory(std::size_t bytes);

/// The part of an image of this size that is needed, by options.region, or else the whole image.
/// Throws ArgumentError if options.region gives no part of the image.
ImageRegion needed_region(std::uint32_t width, std::uint32_t height, const DecodeOptions& options);

/// A vector of so many bytes for pixels, from options.memory if that is set. Its content is
/// anything.
std::vector<std::uint8_t> pixel_memory(std::size_t bytes, const DecodeOptions& options);

/// Throws DecodeFailure if upright() would need more memory than a file of `bytes` bytes may take.
void check_turn(const Image& image, int orientation, std::size_t bytes);

using Decoder = Image (*)(Bytes file, const DecodeOptions& options);

Image decode_bmp(Bytes file, const DecodeOptions& options);
Image decode_gif(Bytes file, const DecodeOptions& options);
Image decode_jpeg(Bytes file, const DecodeOptions& options);
Image decode_png(Bytes file, const DecodeOptions& options);
Image decode_pnm(Bytes file, const DecodeOptions& options);
Image decode_psd(Bytes file, const DecodeOptions& options);
Image decode_tga(Bytes file, const DecodeOptions& options);

/// Decodes JPEG or PNG with stb_image. format: its name, for messages. For an index beyond a
/// palette stb_image reads uninitialised memory.
Image decode_with_stb(Bytes file, const std::string& format, const DecodeOptions& options);

/// Decodes JPEG with libjpeg. Defined only with GFNET_WITH_LIBJPEG, as the next one.
Image decode_with_libjpeg(Bytes file, const DecodeOptions& options);

/// Whether this libjpeg decodes lossless JPEG.
bool libjpeg_reads_lossless();

/// Decodes PNG with libpng. width, height: what the header declares, already checked. Defined only
/// with GFNET_WITH_LIBPNG.
Image decode_with_libpng(Bytes file, std::uint32_t width, std::uint32_t height);

/// Reads a GIF of one frame that fills its screen, and whose palette has the grey value i for each
/// index i. Returns the indices, [height, width]. The first is defined only with GFNET_WITH_GIFLIB.
std::vector<std::uint8_t> read_gif_with_giflib(Bytes file);
std::vector<std::uint8_t> read_gif_with_stb(Bytes file, const DecodeOptions& options);

/// Decode with one of the optional libraries. Each is only defined with GFNET_WITH_ and the
/// library's name. TIFF, HEIF and JPEG XL are turned upright as the file says, whatever
/// options.apply_orientation; AVIF only if it is set.
Image decode_with_libwebp(Bytes file, const DecodeOptions& options);
Image decode_with_libtiff(Bytes file, const DecodeOptions& options);
Image decode_with_libavif(Bytes file, const DecodeOptions& options);
Image decode_avif_with_libheif(Bytes file, const DecodeOptions& options);
Image decode_heif_with_libheif(Bytes file, const DecodeOptions& options);
Image decode_with_libjxl(Bytes file, const DecodeOptions& options);

}  // namespace gfnet::image
