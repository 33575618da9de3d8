#include <cstddef>
#include <limits>
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

void append(void* context, void* data, int size) {
  const auto* const bytes = static_cast<const std::byte*>(data);
  auto* const target = static_cast<std::vector<std::byte>*>(context);
  target->insert(target->end(), bytes, bytes + size);
}

}  // namespace

std::vector<std::byte> encode_jpeg(const Image& image, int quality) {
  if (quality < 1 || quality > 100) {
    throw ArgumentError("the quality of a JPEG is a number from 1 to 100");
  }
  if (image.width == 0 || image.height == 0 ||
      image.rgb.size() != std::size_t{3} * image.width * image.height) {
    throw ArgumentError("cannot write a JPEG: the image is empty or malformed");
  }
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (image.width > kLargestSide || image.height > kLargestSide || image.rgb.size() >= kMost / 2) {
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
