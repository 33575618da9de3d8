#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "image/image.h"

namespace gfnet::image {

struct DecodeOptions {
  /// Decode JPEG with stb_image even where libjpeg is built in.
  bool prefer_stb = false;
  /// Pictures that declare more pixels are refused before any memory is set aside for them.
  std::uint64_t max_pixels = std::uint64_t{1} << 28;
  /// Turn the picture as the EXIF data of a JPEG or PNG file ask.
  bool apply_orientation = false;
};

/// Decodes a picture to RGB8 as PIL's Image.open(path).convert("RGB") does: grey is repeated, alpha
/// dropped, palettes looked up, CMYK converted, the high byte of 16-bit samples taken, an animation
/// stands for its first frame. The EXIF orientation is applied on request only.
/// Formats, told by content: JPEG, PNG, BMP, GIF, TGA, PSD, PNM (P5 and P6).
/// Throws FormatError if the file cannot be read, is no picture, truncated, corrupt or too large.
Image decode_image(const std::filesystem::path& path, const DecodeOptions& options = {});

/// As above from the bytes of a file; `name` is what messages call it.
Image decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& name,
                   const DecodeOptions& options = {});

/// True if JPEG files go through libjpeg, with whose pixels PIL's agree exactly.
bool decodes_with_libjpeg();

}  // namespace gfnet::image
