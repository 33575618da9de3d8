#include "bench/image_timing.h"

#include <gfnet/benchmark.h>

#include <chrono>
#include <utility>

#include "inputs/inputs.h"
#include "job/image_reader.h"
#include "job/labeller.h"
#include "system/paths.h"
#include "terminal/seconds_since.h"

namespace app {
namespace {

using gfnet::system::path_of;

void check(const Input& input) {
  if (!input.cause.empty()) throw gfnet::FormatError(path_of(input.path), input.cause);
}

template <typename Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return seconds_since(start);
}

}  // namespace

ImageTiming time_images(const std::vector<std::string>& paths, Classifiers& classifiers,
                        std::int64_t runs) {
  ImageTiming timing{.images = 0,
                     .devices = classifiers.device_names(),
                     .batch = classifiers.batch(0),
                     .runs = runs};
  const auto read_all = [&] {
    Inputs inputs(paths);
    ImageReader reader([&] { return inputs.next(); }, static_cast<std::size_t>(timing.batch), {});
    timing.images = 0;
    while (const auto read = reader.next()) {
      check(read->input);
      ++timing.images;
    }
  };
  const auto label_all = [&] {
    Inputs inputs(paths);
    label_images([&] { return inputs.next(); }, classifiers, {},
                 [](const LabelledImage& labelled) { check(labelled.input); });
  };
  read_all();
  label_all();
  std::vector<double> reading;
  std::vector<double> labelling;
  for (std::int64_t run = 0; run < runs; ++run) {
    reading.push_back(seconds_of(read_all));
    labelling.push_back(seconds_of(label_all));
  }
  timing.reading_s = gfnet::median(std::move(reading));
  timing.labelling_s = gfnet::median(std::move(labelling));
  return timing;
}

}  // namespace app
