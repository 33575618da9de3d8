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
  const std::int64_t left = std::max<std::int64_t>(corner.x, 0);
  const std::int64_t right = std::min<std::int64_t>(target.width, corner.x + source.width);
  const std::int64_t top = std::max<std::int64_t>(corner.y, 0);
  const std::int64_t bottom = std::min<std::int64_t>(target.height, corner.y + source.height);
  if (left >= right) return;
  for (std::int64_t y = top; y < bottom; ++y) {
    const auto from = source.rgb.begin() +
                      static_cast<std::ptrdiff_t>(offset(source, left - corner.x, y - corner.y));
    std::copy(from, from + 3 * (right - left),
              target.rgb.begin() + static_cast<std::ptrdiff_t>(offset(target, left, y)));
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
