#include "job/labeller.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "job/image_reader.h"
#include "job/pixel_memory.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

/// Limit for failed inputs in memory. Outcomes are passed on in input order, so a failed input
/// waits for the results of earlier inputs. The batch of these earlier inputs may not be full yet.
/// If more failed inputs wait than this limit, batches are submitted although they are not full.
constexpr std::size_t kMaxFailures = 10'000;

/// One DeviceLane for each device. A DeviceLane is one device's queue of images.
class Lanes {
 public:
  Lanes(Classifiers& classifiers, const LabelOptions& options, OrderedOutcomes& outcomes,
        PixelMemory& memory)
      : classifiers_(classifiers) {
    for (std::size_t i = 0; i < classifiers.size(); ++i) {
      lanes_.emplace_back(classifiers, i, options.preprocessed, outcomes, memory, options.notify);
    }
  }

  void add(std::uint64_t number, std::uint64_t place, gfnet::Image image) {
    lanes_[classifiers_.of(number)].add(place, std::move(image));
  }

  void collect_ready() {
    for (DeviceLane& lane : lanes_) {
      while (lane.ready()) lane.collect();
    }
  }

  /// Of the submitted batches of all devices, takes the batch whose first input is the earliest in
  /// the job. Waits for this batch and collects it. Results are passed on in input order, so the
  /// results of all other batches must wait for this batch. Returns false if no batch is submitted.
  bool collect_next() {
    DeviceLane* next = nullptr;
    for (DeviceLane& lane : lanes_) {
      if (!lane.is_at_work()) continue;
      if (next == nullptr || lane.first_place() < next->first_place()) next = &lane;
    }
    if (next != nullptr) next->collect();
    return next != nullptr;
  }

  void finish() {
    for (DeviceLane& lane : lanes_) lane.flush();
    while (collect_next()) {
    }
  }

 private:
  Classifiers& classifiers_;
  std::vector<DeviceLane> lanes_;
};

/// How to read the images of a job: as options.load says, and no more of an image than the networks
/// need, unless thumbnails show the whole image. All classifiers have the same model and input
/// size.
ReadOptions read_options(const LabelOptions& options, const Classifiers& classifiers,
                         PixelMemory& memory) {
  ReadOptions read{options.load, options.thumbnails};
  read.load.memory = [&memory](std::size_t bytes) { return memory.take(bytes); };
  if (options.thumbnails) return read;
  read.load.region = [model = classifiers[0].model()](std::uint32_t width, std::uint32_t height) {
    return model.region_of(width, height);
  };
  return read;
}

}  // namespace

void report_failure(const Input& input) {
  say_notice(fmt::format("{}: {}", input.path, input.cause));
}

void label_images(InputSource inputs, Classifiers& classifiers, const LabelOptions& options,
                  const std::function<void(const LabelledImage&)>& use) {
  std::size_t ahead = 0;
  for (std::size_t i = 0; i < classifiers.size(); ++i) {
    ahead += static_cast<std::size_t>(classifiers.batch(i));
  }
  bool is_usable = true;
  OrderedOutcomes outcomes([&](const LabelledImage& labelled) {
    is_usable = false;  // stays false if use() throws
    use(labelled);
    is_usable = true;
  });
  PixelMemory memory;
  Lanes lanes(classifiers, options, outcomes, memory);
  ImageReader reader(std::move(inputs), ahead, read_options(options, classifiers, memory));
  try {
    while (!interrupted()) {
      lanes.collect_ready();
      outcomes.hand_on();
      // Wait for a result rather than for an image: the next input may take long to come.
      if (!reader.ready() && lanes.collect_next()) continue;
      std::optional<ReadImage> read = reader.next();
      // After an interrupt, reading may have given up.
      if (!read || interrupted()) break;
      const std::uint64_t number = read->input.number;
      const bool is_read = read->input.cause.empty();
      const std::uint64_t place = outcomes.add(std::move(read->input), std::move(read->thumbnail));
      // Failed images take no place in a batch, so that every batch but the last is full.
      if (is_read) lanes.add(number, place, std::move(read->image));
      if (outcomes.waiting() > 4 * ahead + kMaxFailures) lanes.finish();
    }
    lanes.finish();
    outcomes.hand_on();
  } catch (...) {
    stop_waiting();  // else the reader's threads could keep waiting for inputs on stdin
    if (is_usable) outcomes.hand_on();
    throw;
  }
}

}  // namespace app
