#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gfnet {

/// An 8-bit RGB picture. rgb: [height, width, 3], row-major and tightly packed.
struct Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb;
};

struct LoadOptions {
  /// Turn a JPEG or PNG file's picture upright, as its EXIF data ask. Published accuracies are
  /// measured without.
  bool apply_orientation = false;
};

/// Reads a picture: JPEG, PNG, BMP, GIF, TGA, PSD or PNM, told by content. Grey is repeated, alpha
/// dropped, CMYK converted.
/// Throws FormatError if the file cannot be read, is no picture, or is truncated, corrupt or too
/// large. Thread-safe.
Image load_image(const std::filesystem::path& path, const LoadOptions& options = {});

/// Writes a PNG file. Throws FormatError if it cannot be written; then no half of it is left.
void save_png(const std::filesystem::path& path, const Image& image);

}  // namespace gfnet
