#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "gfnet/error.h"
#include "gfnet/image.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace gfnet {
namespace {

constexpr std::uint32_t kLargestSide = 65535;  // of a JPEG file

/// For stb_image_write: appends to `context`, a vector of bytes.
void append(void* context, void* data, int size) {
  const auto* const bytes = static_cast<const std::byte*>(data);
  auto* const target = static_cast<std::vector<std::byte>*>(context);
  target->insert(target->end(), bytes, bytes + size);
}

/// Throws ArgumentError if the image is empty or the size of `rgb` is not 3·width·height. Throws
/// Error if `rgb` has more than 1 GiB. format: with an article, for messages.
void check_size(const Image& image, const std::string& format) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (image.width == 0 || image.height == 0 ||
      image.rgb.size() != std::size_t{3} * image.width * image.height) {
    throw ArgumentError("cannot write " + format + ": the image is empty or malformed");
  }
  if (image.rgb.size() >= kMost / 2) {
    throw Error("cannot write " + format + ": the image is too large");
  }
}

}  // namespace

std::vector<std::byte> encode_png(const Image& image) {
  check_size(image, "a PNG");
  std::vector<std::byte> bytes;
  const int width = static_cast<int>(image.width);
  if (stbi_write_png_to_func(append, &bytes, width, static_cast<int>(image.height), 3,
                             image.rgb.data(), 3 * width) == 0) {
    throw Error("not enough memory to write a PNG");
  }
  return bytes;
}

void save_png(const std::filesystem::path& path, const Image& image) {
  const std::vector<std::byte> bytes = encode_png(image);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) throw FormatError(path, "cannot be opened for writing");
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
    throw FormatError(path, "cannot be written");
  }
}

std::vector<std::byte> encode_jpeg(const Image& image, int quality) {
  if (quality < 1 || quality > 100) {
    throw ArgumentError("the quality of a JPEG is a number from 1 to 100");
  }
  check_size(image, "a JPEG");
  if (image.width > kLargestSide || image.height > kLargestSide) {
    throw Error("cannot write a JPEG: the image is too large");
  }
  std::vector<std::byte> bytes;
  if (stbi_write_jpg_to_func(append, &bytes, static_cast<int>(image.width),
                             static_cast<int>(image.height), 3, image.rgb.data(), quality) == 0) {
    throw Error("not enough memory to write a JPEG");
  }
  return bytes;
}

}  // namespace gfnet
