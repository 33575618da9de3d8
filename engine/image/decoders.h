#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "image/decode.h"

/// What decode_image chooses from. Causes of failure are thrown as DecodeFailure, to which
/// decode_image adds the file's name.
namespace gfnet::image {

struct DecodeFailure {
  std::string cause;
};

/// Throws DecodeFailure if width × height is beyond options.max_pixels, or beyond what any format
/// could pack into so few bytes.
void check_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                  const DecodeOptions& options);

/// Any format that stb_image reads. `format` is the name for messages.
Image decode_with_stb(std::span<const std::uint8_t> bytes, const std::string& format,
                      const DecodeOptions& options);

/// JPEG, where GFNET_WITH_LIBJPEG is defined.
Image decode_with_libjpeg(std::span<const std::uint8_t> bytes, const DecodeOptions& options);

/// True if the segments of a JPEG file lead to an end-of-image marker.
bool has_jpeg_end(std::span<const std::uint8_t> bytes);

/// What a header says, before anything is known to be true of it.
struct DeclaredExtent {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
};

/// Throws DecodeFailure if the file is too short for a header.
DeclaredExtent png_extent(std::span<const std::uint8_t> bytes);

/// largest_sample: what stands for full brightness.
struct PnmHeader {
  DeclaredExtent extent;
  std::uint64_t largest_sample = 0;
};

/// Throws DecodeFailure if the header of a P5 or P6 file is malformed.
PnmHeader read_pnm_header(std::span<const std::uint8_t> bytes);

/// What is wrong with the chunks of a PNG file: cut short, or a critical one's checksum is off.
std::optional<std::string> find_png_fault(std::span<const std::uint8_t> bytes);

}  // namespace gfnet::image
