#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "image/image.h"

namespace gfnet::image {

struct DecodeOptions {
  /// Decode JPEG with stb_image even where libjpeg is built in.
  bool prefer_stb = false;
  /// Images that declare more pixels are refused before their memory is allocated.
  std::uint64_t max_pixels = std::uint64_t{1} << 28;
  /// Apply the EXIF orientation of a JPEG or PNG file.
  bool apply_orientation = false;
};

/// Decodes an image to RGB8 as PIL's Image.open(path).convert("RGB") does: grey is repeated, alpha
/// is dropped, palettes are looked up, CMYK is converted, 16-bit samples keep their high byte, and
/// of an animation only the first frame is read. The EXIF orientation is applied only on request.
/// Formats, detected from the content: JPEG, PNG, BMP, GIF, TGA, PSD, PNM (P5 and P6).
/// Throws FormatError if the file cannot be read, is not an image, or is truncated, corrupt or too
/// large (max_pixels, or a file above 1 GiB).
Image decode_image(const std::filesystem::path& path, const DecodeOptions& options = {});

/// The same for the bytes of a file. name: the file's name in messages.
Image decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& name,
                   const DecodeOptions& options = {});

/// Whether JPEG files are decoded with libjpeg. Its pixels equal PIL's exactly.
bool decodes_with_libjpeg();

}  // namespace gfnet::image
