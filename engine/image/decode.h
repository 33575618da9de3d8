#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "image/image.h"

namespace gfnet::image {

class DecodingShare;

struct DecodeOptions {
  /// Decode JPEG, PNG and GIF with stb_image even where libjpeg, libpng and giflib are built in.
  bool prefer_stb = false;
  /// Largest number of pixels. A larger image is refused before memory for it is allocated.
  std::uint64_t max_pixels = std::uint64_t{1} << 28;
  /// Apply the orientation that the file states in EXIF or XMP data.
  bool apply_orientation = false;
  /// If set: called with the width and height, once they were checked, before the decoder waits for
  /// its memory.
  const std::function<void(std::uint32_t, std::uint32_t)>* before_pixels = nullptr;
  /// If set: says which part of an image of a width and a height is needed. With
  /// apply_orientation, both are those of the upright image; a decoder is given another function,
  /// for the image as it is stored. A decoder may give more than this part; see Image::part_of.
  const std::function<ImageRegion(std::uint32_t, std::uint32_t)>* region = nullptr;
  /// If set: gives a vector, of any size and content, to store so many bytes of pixels in.
  const std::function<std::vector<std::uint8_t>(std::size_t)>* memory = nullptr;
  /// Where the decoder counts its memory. decode_image() sets it to a share of decoding_memory().
  DecodingShare* share = nullptr;
};

/// Decodes an image to RGB8 as PIL's Image.open(path).convert("RGB") does. Grey is repeated to
/// three channels, alpha is dropped, palette indices become colours (black, where the palette lacks
/// them), CMYK is converted, and 16-bit samples keep their high byte, also those of grey, which PIL
/// clips. Only the first frame of an animation is read. The EXIF orientation is applied only on
/// request. Formats are detected from the content; docs/image-formats.md lists them. TIFF, HEIC and
/// JPEG XL are always upright.
/// Waits while the images that other threads decode need the memory; see decoding_memory().
/// Throws FormatError if the file cannot be read, is not an image, or is truncated, corrupt or too
/// large: max_pixels, a file above 1 GiB, or a file below 1 MiB that needs more than 208 MiB to
/// decode. Throws ArgumentError if options.region gives no part of the image.
Image decode_image(const std::filesystem::path& path, const DecodeOptions& options = {});

/// Decodes the content of a file that is already in memory. name: the file's name in messages.
/// Throws FormatError for the same reasons as decode_image(path).
Image decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& name,
                   const DecodeOptions& options = {});

/// Whether this build decodes JPEG files with libjpeg, whose pixels equal PIL's exactly.
bool decodes_with_libjpeg();

}  // namespace gfnet::image
