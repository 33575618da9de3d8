#include "drawing/check_arguments.h"

#include <fmt/format.h>

#include "gfnet/error.h"
#include "graph/operation.h"

namespace gfnet::drawing {

bool is_plane(std::size_t count, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1) return false;
  // Divides, so that nothing overflows.
  const auto rows = static_cast<std::size_t>(height);
  return count % rows == 0 && count / rows == static_cast<std::size_t>(width);
}

void check(const Image& image) {
  const ImageView view = image;  // checks the size of the pixels
  if (view.width == 0 || view.height == 0) throw ArgumentError("an image without pixels");
  if (view.part_of != PartOf{}) throw ArgumentError("a part of an image cannot be drawn");
}

void check(const ClassMap& map) {
  if (is_plane(map.values.size(), map.height, map.width)) return;
  throw ArgumentError(fmt::format("a class map of {}×{} tokens with {} values", map.height,
                                  map.width, map.values.size()));
}

void check(const LayerSpectrum& spectrum) {
  for (const std::vector<float>* plane : {&spectrum.before, &spectrum.after}) {
    if (is_plane(plane->size(), spectrum.height, spectrum.width)) continue;
    throw ArgumentError(fmt::format("a spectrum of {}×{} frequencies with {} values",
                                    spectrum.height, spectrum.width, plane->size()));
  }
}

void check(const LayerFilter& filter) {
  const std::size_t count = filter.kernel.size();
  if (filter.width > 0 && filter.channels > 0) {
    const auto numbers = static_cast<std::size_t>(filter.channels);
    const std::int64_t bins = graph::spectrum_width(filter.width);
    if (count % 2 == 0 && count / 2 % numbers == 0 &&
        is_plane(count / 2 / numbers, filter.height, bins)) {
      return;
    }
  }
  throw ArgumentError(fmt::format("a filter of {}×{} tokens and {} channels with {} numbers",
                                  filter.height, filter.width, filter.channels, count));
}

}  // namespace gfnet::drawing
