#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "classifiers.h"

namespace app {

/// Two times: to read and decode image files, and to label them. Labelling reads and decodes them
/// too, while the device works. Each time is the median of `runs` runs, after one run that does not
/// count. Runs of both kinds alternate.
struct PictureTiming {
  std::uint64_t pictures = 0;
  /// Names of the devices that labelled.
  std::string devices;
  /// Batch size of the first device.
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double reading_s = 0;
  double labelling_s = 0;

  /// labelling_s / reading_s: 1 if reading hides all of the device's work.
  double ratio() const { return labelling_s / reading_s; }
};

/// paths: as for classify, without stdin. Throws gfnet::FormatError for an input that fails, and
/// whatever the classifiers throw.
PictureTiming time_pictures(const std::vector<std::string>& paths, Classifiers& classifiers,
                            std::int64_t runs);

}  // namespace app
