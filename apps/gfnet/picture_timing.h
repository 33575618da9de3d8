#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "classifiers.h"

namespace app {

/// Time to read and decode image files, and to label them, which does both while the device works.
/// Each is a median of `runs` runs, taken in turns after one run that does not count.
struct PictureTiming {
  std::uint64_t pictures = 0;
  /// Names of the devices that labelled.
  std::string devices;
  /// Batch size of the first device.
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double reading_s = 0;
  double labelling_s = 0;

  /// 1 where the device's work is hidden behind the reading.
  double ratio() const { return labelling_s / reading_s; }
};

/// paths: as for classify, without stdin. Throws gfnet::FormatError for an input that fails, and
/// whatever the classifiers throw.
PictureTiming time_pictures(const std::vector<std::string>& paths, Classifiers& classifiers,
                            std::int64_t runs);

}  // namespace app
