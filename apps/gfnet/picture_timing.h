#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "classifiers.h"

namespace app {

/// What files cost: reading and decoding them alone, and all of labelling, which does that beside
/// the device's work. Medians of as many runs each, in turns, after one that does not count.
struct PictureTiming {
  std::uint64_t pictures = 0;
  /// Those that labelled.
  std::string devices;
  /// Of the first of them.
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double reading_s = 0;
  double labelling_s = 0;

  /// 1 where the device's work is hidden behind the reading.
  double ratio() const { return labelling_s / reading_s; }
};

/// paths: as for classify, without stdin. Throws gfnet::FormatError for one that cannot be read,
/// and whatever the classifiers throw.
PictureTiming time_pictures(const std::vector<std::string>& paths, Classifiers& classifiers,
                            std::int64_t runs);

}  // namespace app
