#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace live {

/// Writes a picture. pixels: [height, width] of RGBA8, whose last byte is not looked at; with
/// blue_first BGRA8. Throws gfnet::FormatError if the file cannot be written.
void write_png(const std::string& path, std::span<const std::byte> pixels, std::uint32_t width,
               std::uint32_t height, bool blue_first);

}  // namespace live
