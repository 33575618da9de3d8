#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "job/classifiers.h"

namespace app {

/// The times of two tasks: reading and decoding image files only, and labelling them. Labelling
/// also reads and decodes the files, while the device works. Each time is the median of `runs`
/// runs, after one run that does not count. Runs of the two tasks alternate.
struct ImageTiming {
  std::uint64_t images = 0;
  /// Names of the devices that labelled the images.
  std::string devices;
  /// Batch size of the first device.
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double reading_s = 0;
  double labelling_s = 0;

  /// labelling_s / reading_s. The ratio is 1 if the device's work takes no extra time, because the
  /// device works while images are read.
  double ratio() const { return labelling_s / reading_s; }
};

/// Measures the time to read the images and the time to label them. paths: as for `gfnet classify`,
/// but without "-". Throws gfnet::FormatError if an input fails, and whatever the classifiers
/// throw.
ImageTiming time_images(const std::vector<std::string>& paths, Classifiers& classifiers,
                        std::int64_t runs);

}  // namespace app
