#include "image/orientation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "image/formats/bytes.h"
#include "image/metadata/metadata.h"
#include "image/metadata/orientation_tags.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

Metadata metadata_of(Bytes file) {
  if (holds(file, 0, "\xFF\xD8\xFF"sv)) return jpeg_metadata(file);
  if (holds(file, 0, "\x89PNG\r\n\x1A\n"sv)) return png_metadata(file);
  if (holds(file, 0, "RIFF"sv) && holds(file, 8, "WEBP"sv)) return webp_metadata(file);
  return {};
}

/// Exchanges left and right, or top and bottom, or both.
void mirror(Image& image, bool sides, bool top) {
  const std::size_t row = std::size_t{3} * image.width;
  std::uint8_t* const rows = image.rgb.data();
  for (std::size_t y = 0; top && y < image.height / 2; ++y) {
    std::swap_ranges(rows + y * row, rows + (y + 1) * row, rows + (image.height - 1 - y) * row);
  }
  for (std::size_t y = 0; sides && y < image.height; ++y) {
    std::uint8_t* left = rows + y * row;
    for (std::uint8_t* right = left + row - 3; left < right; left += 3, right -= 3) {
      std::swap_ranges(left, left + 3, right);
    }
  }
}

}  // namespace

int stored_orientation(Bytes file) {
  const Metadata metadata = metadata_of(file);
  if (const auto orientation = exif_orientation(metadata.exif)) return *orientation;
  return xmp_orientation(metadata.xmp).value_or(kUpright);
}

ImageRegion upright(const ImageRegion& region, Extent size, int orientation) {
  if (orientation <= kUpright || orientation > 8) return region;
  const std::uint32_t after_right = size.width - region.left - region.width;
  const std::uint32_t after_bottom = size.height - region.top - region.height;
  const bool from_right = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::uint32_t across = from_right ? after_right : region.left;
  const std::uint32_t down = from_bottom ? after_bottom : region.top;
  if (exchanges_axes(orientation)) return {down, across, region.height, region.width};
  return {across, down, region.width, region.height};
}

ImageRegion stored(const ImageRegion& region, Extent size, int orientation) {
  // Only quarter turns are not their own inverse.
  return upright(region, size, orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

Image upright(Image image, int orientation) {
  if (orientation <= kUpright || orientation > 8) return image;
  if (PartOf& part = image.part_of; part.width != 0) {
    const ImageRegion region = upright({part.left, part.top, image.width, image.height},
                                       Extent{part.height, part.width}, orientation);
    if (exchanges_axes(orientation)) std::swap(part.width, part.height);
    part.left = region.left;
    part.top = region.top;
  }
  if (!exchanges_axes(orientation)) {
    mirror(image, orientation == 2 || orientation == 3, orientation == 3 || orientation == 4);
    return image;
  }
  const std::size_t width = image.width;
  const std::size_t height = image.height;
  // Which corner the upright image's first pixel comes from.
  const bool from_right = orientation >= 7;
  const bool from_bottom = orientation == 6 || orientation == 7;
  Image result{image.height, image.width, {}, image.part_of};
  result.rgb.resize(image.rgb.size());
  std::uint8_t* target = result.rgb.data();
  for (std::size_t y = 0; y < result.height; ++y) {
    for (std::size_t x = 0; x < result.width; ++x, target += 3) {
      const std::size_t source_row = from_bottom ? height - 1 - x : x;
      const std::size_t source_column = from_right ? width - 1 - y : y;
      std::copy_n(image.rgb.data() + (source_row * width + source_column) * 3, 3, target);
    }
  }
  return result;
}

}  // namespace gfnet::image
