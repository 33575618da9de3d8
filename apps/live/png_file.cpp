#include "png_file.h"

#include <gfnet/image.h>

namespace live {

void write_png(const std::string& path, std::span<const std::byte> pixels, std::uint32_t width,
               std::uint32_t height, bool blue_first) {
  gfnet::Image image;
  image.width = width;
  image.height = height;
  const std::size_t bytes = std::size_t{4} * width * height;
  image.rgb.reserve(bytes / 4 * 3);
  const std::size_t red = blue_first ? 2 : 0;
  for (std::size_t i = 0; i < bytes; i += 4) {
    for (const std::size_t channel : {red, std::size_t{1}, 2 - red}) {
      image.rgb.push_back(std::to_integer<std::uint8_t>(pixels[i + channel]));
    }
  }
  gfnet::save_png(path, image);
}

}  // namespace live
