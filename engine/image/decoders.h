#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/decode.h"

/// The decoders behind decode_image(). A decoder throws DecodeFailure. decode_image() adds the
/// file's name and throws FormatError.
namespace gfnet::image {

struct DecodeFailure {
  std::string cause;
};

/// Throws DecodeFailure if width or height is 0, if the image exceeds options.max_pixels, or if no
/// format could pack so many pixels into a file of `bytes` bytes.
void check_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                  const DecodeOptions& options);

/// Decodes any format that stb_image reads. format: the format's name, for messages. Throws
/// DecodeFailure.
Image decode_with_stb(std::span<const std::uint8_t> bytes, const std::string& format,
                      const DecodeOptions& options);

/// Returns a copy of the file with a complete palette: one entry for every index that a pixel can
/// have. Added entries are black, as in PIL. Returns an empty vector if the file needs no change.
/// format: "BMP", "PNG" (find_png_fault() must have found nothing) or "TGA"; files of other formats
/// need no change. Throws DecodeFailure for a BMP that stb_image would read without a palette, and
/// for a PNG with two palettes.
std::vector<std::uint8_t> with_whole_palette(std::span<const std::uint8_t> file,
                                             std::string_view format);

/// Decodes JPEG with libjpeg. Only defined with GFNET_WITH_LIBJPEG. Throws DecodeFailure.
Image decode_with_libjpeg(std::span<const std::uint8_t> bytes, const DecodeOptions& options);

/// Follows a JPEG file's segments. Returns whether an end-of-image marker comes after them.
bool has_jpeg_end(std::span<const std::uint8_t> bytes);

/// Image size in pixels, as a file's header states it. Not verified.
struct DeclaredExtent {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
};

/// Reads the image size from a PNG file's header. Throws DecodeFailure if the file is too short for
/// a header.
DeclaredExtent png_extent(std::span<const std::uint8_t> bytes);

/// The header of a PNM file. largest_sample: the sample value of full brightness.
struct PnmHeader {
  DeclaredExtent extent;
  std::uint64_t largest_sample = 0;
};

/// Reads the header of a P5 or P6 file. Throws DecodeFailure if the header is malformed.
PnmHeader read_pnm_header(std::span<const std::uint8_t> bytes);

/// Checks the chunks of a PNG file. Returns a description of the fault: the file is truncated, or a
/// critical chunk is unknown or has a wrong checksum. Returns nullopt if there is no fault.
std::optional<std::string> find_png_fault(std::span<const std::uint8_t> bytes);

}  // namespace gfnet::image
