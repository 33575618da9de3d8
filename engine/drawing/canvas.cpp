#include "drawing/canvas.h"

#include <algorithm>

namespace gfnet::drawing {
namespace {

std::size_t offset(const Image& image, std::int64_t x, std::int64_t y) {
  return (static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x)) * 3;
}

}  // namespace

Image filled(Size size, const Rgb& colour) {
  Image image{static_cast<std::uint32_t>(size.width), static_cast<std::uint32_t>(size.height), {}};
  image.rgb.resize(std::size_t{3} * image.width * image.height);
  fill(image, {0, 0}, size, colour);
  return image;
}

void fill(Image& target, Point corner, Size size, const Rgb& colour) {
  const std::int64_t right = std::min<std::int64_t>(target.width, corner.x + size.width);
  const std::int64_t bottom = std::min<std::int64_t>(target.height, corner.y + size.height);
  for (std::int64_t y = std::max<std::int64_t>(corner.y, 0); y < bottom; ++y) {
    for (std::int64_t x = std::max<std::int64_t>(corner.x, 0); x < right; ++x) {
      std::ranges::copy(colour,
                        target.rgb.begin() + static_cast<std::ptrdiff_t>(offset(target, x, y)));
    }
  }
}

void paste(Image& target, const Image& source, Point corner) {
  for (std::int64_t y = 0; y < source.height; ++y) {
    for (std::int64_t x = 0; x < source.width; ++x) {
      const std::size_t from = offset(source, x, y);
      fill(target, {corner.x + x, corner.y + y}, {1, 1},
           {source.rgb[from], source.rgb[from + 1], source.rgb[from + 2]});
    }
  }
}

void frame(Image& target, Point corner, Size size, std::int64_t thickness, const Rgb& colour) {
  const std::int64_t wide = size.width + 2 * thickness;
  const Point outer{corner.x - thickness, corner.y - thickness};
  fill(target, outer, {wide, thickness}, colour);
  fill(target, {outer.x, corner.y + size.height}, {wide, thickness}, colour);
  fill(target, {outer.x, corner.y}, {thickness, size.height}, colour);
  fill(target, {corner.x + size.width, corner.y}, {thickness, size.height}, colour);
}

Image colour_bar(Size size) {
  Image bar = filled(size, {0, 0, 0});
  for (std::int64_t y = 0; y < size.height; ++y) {
    const double most = static_cast<double>(std::max<std::int64_t>(size.height - 1, 1));
    fill(bar, {0, y}, {size.width, 1}, heat_colour(1 - static_cast<double>(y) / most));
  }
  return bar;
}

}  // namespace gfnet::drawing
