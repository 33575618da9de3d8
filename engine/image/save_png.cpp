#include <cstdio>
#include <fstream>
#include <limits>
#include <system_error>

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

void append(void* context, void* data, int size) {
  static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                             static_cast<std::size_t>(size));
}

}  // namespace

std::string encode_png(const Image& image) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (image.width == 0 || image.height == 0 ||
      image.rgb.size() != std::size_t{3} * image.width * image.height) {
    throw ArgumentError("cannot write a PNG: the image is empty or malformed");
  }
  if (image.rgb.size() >= kMost / 2) throw Error("cannot write a PNG: the image is too large");
  std::string bytes;
  const int width = static_cast<int>(image.width);
  if (stbi_write_png_to_func(append, &bytes, width, static_cast<int>(image.height), 3,
                             image.rgb.data(), 3 * width) == 0) {
    throw Error("not enough memory to write a PNG");
  }
  return bytes;
}

void save_png(const std::filesystem::path& path, const Image& image) {
  const std::string bytes = encode_png(image);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) throw FormatError(path, "cannot be opened for writing");
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
    throw FormatError(path, "cannot be written");
  }
}

}  // namespace gfnet
