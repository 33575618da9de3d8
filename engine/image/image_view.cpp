#include "image/image_view.h"

#include <fmt/format.h>

#include <limits>
#include <string>

#include "gfnet/error.h"

namespace gfnet {
namespace image {
namespace {

constexpr std::uint64_t kRgbBytes = 3;

/// The bytes of all rows must lie within this distance, so that pointers can address them.
constexpr auto kMostBytes = static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max());

/// Bytes of one pixel; 0 if `format` is none of the enumerators.
std::uint32_t known_bytes_per_pixel(PixelFormat format) {
  switch (format) {
    case PixelFormat::kRgb:
    case PixelFormat::kBgr:
      return 3;
    case PixelFormat::kRgba:
    case PixelFormat::kBgra:
      return 4;
    case PixelFormat::kGrey:
      return 1;
  }
  return 0;
}

std::string unknown_format(PixelFormat format) {
  return fmt::format("there is no pixel format {}", static_cast<int>(format));
}

std::string size_text(std::uint32_t width, std::uint32_t height) {
  return fmt::format("{}×{} pixels", width, height);
}

/// Tells what is wrong with an image's `rgb`; empty if its size matches.
std::string fault_of(const Image& image) {
  // The product fits: a std::vector cannot have the 2^64 bytes at which it would wrap.
  const std::uint64_t pixels = std::uint64_t{image.width} * image.height;
  if (image.rgb.size() % kRgbBytes == 0 && image.rgb.size() / kRgbBytes == pixels) return "";
  return fmt::format("an image of {} with {} bytes, not 3 per pixel",
                     size_text(image.width, image.height), image.rgb.size());
}

ImageView unchecked_view(const Image& image) {
  return {image.rgb.data(),        image.width,       image.height,
          kRgbBytes * image.width, PixelFormat::kRgb, image.part_of};
}

/// Tells what is wrong with a view; empty if nothing is.
std::string fault_of(const ImageView& view) {
  if (view.width == 0 || view.height == 0) return size_text(view.width, view.height);
  if (view.data == nullptr) return "its data is a null pointer";
  const std::uint32_t pixel_bytes = known_bytes_per_pixel(view.format);
  if (pixel_bytes == 0) return unknown_format(view.format);
  const std::uint64_t row_bytes = std::uint64_t{pixel_bytes} * view.width;
  if (view.row_stride < row_bytes) {
    return fmt::format("a row of {} pixels has {} bytes, more than the row stride of {}",
                       view.width, row_bytes, view.row_stride);
  }
  if (!extent_within(kMostBytes, row_bytes, view.height, view.row_stride)) {
    return fmt::format("{} with a row stride of {} bytes do not fit in memory",
                       size_text(view.width, view.height), view.row_stride);
  }
  const PartOf& part = view.part_of;
  if (part != PartOf{} && (std::uint64_t{part.left} + view.width > part.width ||
                           std::uint64_t{part.top} + view.height > part.height)) {
    return fmt::format("{} from column {} and row {} are no part of {}",
                       size_text(view.width, view.height), part.left, part.top,
                       size_text(part.width, part.height));
  }
  return "";
}

ArgumentError argument_error(std::size_t index, const std::string& fault) {
  return ArgumentError(fmt::format("images[{}]: {}", index, fault));
}

}  // namespace

std::uint32_t bytes_per_pixel(PixelFormat format) {
  const std::uint32_t bytes = known_bytes_per_pixel(format);
  if (bytes == 0) throw ArgumentError(unknown_format(format));
  return bytes;
}

bool is_blue_first(PixelFormat format) {
  return format == PixelFormat::kBgr || format == PixelFormat::kBgra;
}

std::optional<std::uint64_t> extent_within(std::uint64_t limit, std::uint64_t row_bytes,
                                           std::uint64_t height, std::uint64_t row_stride) {
  // Divides, so that nothing overflows.
  if (row_bytes > limit || (limit - row_bytes) / row_stride < height - 1) return std::nullopt;
  return (height - 1) * row_stride + row_bytes;
}

Extent whole_extent(const ImageView& view) {
  if (view.part_of.width == 0) return {view.height, view.width};
  return {view.part_of.height, view.part_of.width};
}

void check_views(std::span<const ImageView> views) {
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (const std::string fault = fault_of(views[i]); !fault.empty()) {
      throw argument_error(i, fault);
    }
  }
}

std::vector<ImageView> views_of(std::span<const Image> images) {
  std::vector<ImageView> views;
  views.reserve(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (const std::string fault = fault_of(images[i]); !fault.empty()) {
      throw argument_error(i, fault);
    }
    views.push_back(unchecked_view(images[i]));
  }
  check_views(views);
  return views;
}

}  // namespace image

Image::operator ImageView() const {
  if (const std::string fault = image::fault_of(*this); !fault.empty()) throw ArgumentError(fault);
  return image::unchecked_view(*this);
}

}  // namespace gfnet
