#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/export.h"

namespace gfnet {

/// The order of a pixel's bytes in memory, one byte for each letter: in kRgb, R comes first. Byte A
/// is ignored. kGrey has one byte, which is used for R, G and B.
enum class PixelFormat { kRgb, kBgr, kRgba, kBgra, kGrey };

/// A rectangle of an image's pixels.
struct ImageRegion {
  /// The first column and the first row.
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  /// Size in pixels.
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  friend bool operator==(const ImageRegion&, const ImageRegion&) = default;
};

/// Where the pixels of an Image or ImageView lie, if they are only a part of a larger image.
/// A Classifier resizes and crops the larger image. It needs no pixels outside of
/// Model::region_of().
struct PartOf {
  /// Size of the larger image in pixels. 0: there is none, the pixels are the whole image.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// The column and the row of the larger image where the pixels begin.
  std::uint32_t left = 0;
  std::uint32_t top = 0;

  friend bool operator==(const PartOf&, const PartOf&) = default;
};

/// An 8-bit image in memory that belongs to the caller. The memory must stay valid and unchanged
/// until the function that takes the view has returned.
struct ImageView {
  /// The first byte of the top left pixel. The pixels of a row follow one another without gaps,
  /// from left to right.
  const std::uint8_t* data = nullptr;
  /// Size in pixels; both at least 1.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Bytes from the start of a row to the start of the row below, at least width times the bytes of
  /// a pixel. The bytes between the end of a row and the next row are not read.
  std::size_t row_stride = 0;
  PixelFormat format = PixelFormat::kRgb;
  PartOf part_of = {};
};

/// An 8-bit RGB image. rgb: [height, width, 3], row-major and tightly packed.
struct GFNET_API Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb;
  PartOf part_of = {};

  /// A view of the image. It is valid as long as `rgb` keeps its memory. Throws ArgumentError if
  /// the size of `rgb` is not 3·width·height.
  operator ImageView() const;  // NOLINT(google-explicit-constructor): an image is also a view
};

/// How load_image() and decode_image() read an image file.
struct LoadOptions {
  /// Apply the orientation that the file states in EXIF data, or in XMP data if EXIF has none. The
  /// published accuracies were measured without orientation.
  bool apply_orientation = false;
  /// The name of the image in the errors of decode_image() (FormatError::path()). load_image()
  /// ignores this name and uses the path of the file.
  std::string name = "image in memory";
  /// If set, it is called once the size in pixels is known and before memory for the pixels is
  /// allocated; it may be called again with a larger size. It may wait, to bound the memory of
  /// images that several threads decode. An exception from it ends the decoding and is passed on.
  std::function<void(std::uint32_t width, std::uint32_t height)> before_pixels = {};
  /// If set, it is called with the size in pixels and says which part of the image is needed:
  /// at least one pixel, within the image. The result may then be this part (Image::part_of says
  /// which), or a larger part, or the whole image. The rest of the file is read all the same, so
  /// that a truncated or corrupt file is refused. JPEG is decoded in part if gfnet was built with
  /// libjpeg-turbo. With apply_orientation, size and part are those of the upright image.
  std::function<ImageRegion(std::uint32_t width, std::uint32_t height)> region = {};
  /// If set, it may be called with the number of bytes that the pixels need. The vector that it
  /// returns, of any size and content, is resized and becomes Image::rgb. The memory of an image
  /// that is not needed any more saves the system fetching and clearing new memory for each image.
  std::function<std::vector<std::uint8_t>(std::size_t bytes)> memory = {};
};

/// Reads a JPEG, PNG, BMP, GIF, TGA, PSD or PNM file; WebP, TIFF, AVIF, HEIC and JPEG XL if
/// libraries() names the library. The format is detected from the content. Grey
/// is repeated to three channels, alpha is dropped, CMYK is converted.
/// Throws FormatError if the file cannot be read, is not an image, or is truncated, corrupt or too
/// large; ArgumentError if options.region gives no part of the image. Thread-safe.
GFNET_API Image load_image(const std::filesystem::path& path, const LoadOptions& options = {});

/// Decodes an image file whose bytes are in memory, as load_image() does. The bytes are not kept.
/// Throws FormatError with options.name if the bytes are not an image, or if the image is
/// truncated, corrupt or too large. Thread-safe.
GFNET_API Image decode_image(std::span<const std::byte> bytes, const LoadOptions& options = {});

/// Sets how much memory the images may need together that load_image() and decode_image() decode at
/// the same time in this process, in bytes; at first 2 GiB. An image counts as the size of its file
/// and 8 bytes a pixel, or more where its decoder needs more. Calls wait for their turn; an image
/// above the limit is decoded alone. Memory of images that were returned does not count.
/// Thread-safe.
GFNET_API void set_decoding_memory(std::size_t bytes);

/// Encodes an image as a PNG file in memory. Throws ArgumentError if the image is empty or the size
/// of `rgb` is not 3·width·height. Throws Error if `rgb` has more than 1 GiB.
GFNET_API std::vector<std::byte> encode_png(const Image& image);

/// Writes a PNG file. Throws FormatError if the file cannot be written; no partial file is left
/// then. Throws ArgumentError if the image is empty or the size of `rgb` is not 3·width·height.
/// Throws Error if `rgb` has more than 1 GiB.
GFNET_API void save_png(const std::filesystem::path& path, const Image& image);

/// Encodes an image as a JPEG file in memory. quality: 1 to 100. Throws ArgumentError if the
/// quality is another number, if the image is empty, or if the size of `rgb` is not 3·width·height.
/// Throws Error if the image has more than 65535 pixels in a row or column, or if `rgb` has more
/// than 1 GiB.
GFNET_API std::vector<std::byte> encode_jpeg(const Image& image, int quality);

}  // namespace gfnet
