#include "job/device_lane.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "command_line/options.h"

namespace app {
namespace {

/// Largest number of batches that are submitted to the device and not yet collected: one runs, one
/// waits.
constexpr std::size_t kBatchesAtDevice = 2;
/// A batch is also full once its decoded images have this many bytes together, even if it has fewer
/// images than a full batch.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

}  // namespace

DeviceLane::DeviceLane(gfnet::Classifier& classifier, std::int64_t batch, bool wants_preprocessed,
                       OrderedOutcomes& outcomes)
    : classifier_(&classifier),
      full_(static_cast<std::size_t>(batch)),
      wants_preprocessed_(wants_preprocessed),
      outcomes_(&outcomes) {
  classifier.check_batch(1);
}

template <class Work>
auto DeviceLane::at_device(const Work& work) const {
  try {
    return work();
  } catch (const gfnet::VulkanError& error) {
    throw error.on(device_name(*classifier_));
  }
}

bool DeviceLane::ready() const {
  return at_device([&] { return classifier_->ready(); });
}

void DeviceLane::add(std::uint64_t place, gfnet::Image image) {
  places_.push_back(place);
  bytes_ += image.rgb.size();
  images_.push_back(std::move(image));
  // The final number of images is not known. Check at each power of two, so that a batch that is
  // too large for the device fails before its images fill the memory.
  if (images_.size() > checked_ && std::has_single_bit(images_.size())) {
    classifier_->check_batch(static_cast<std::int64_t>(images_.size()));
    checked_ = images_.size();
  }
  if (images_.size() == full_ || bytes_ >= kMostBytes) flush();
}

void DeviceLane::compile_for(std::size_t images) {
  at_device([&] { classifier_->prepare(static_cast<std::int64_t>(images)); });
}

void DeviceLane::flush() {
  if (images_.empty()) return;
  compile_for(images_.size());  // errors after this concern single images
  bytes_ = 0;
  start(std::exchange(places_, {}), std::exchange(images_, {}));
}

void DeviceLane::start(const std::vector<std::uint64_t>& places,
                       std::span<const gfnet::Image> images) {
  while (batches_.size() >= kBatchesAtDevice) collect();
  try {
    Batch batch{places, {}};
    at_device([&] {
      if (wants_preprocessed_) batch.preprocessed = classifier_->preprocess(images);
      classifier_->submit(images);
    });
    batches_.push_back(std::move(batch));
  } catch (const gfnet::UnsupportedError& error) {
    if (images.size() == 1) {
      outcomes_->fail(places.front(), error.what());
      return;
    }
    for (std::size_t i = 0; i < images.size(); ++i) start({places[i]}, images.subspan(i, 1));
  }
}

void DeviceLane::collect() {
  std::vector<gfnet::Classification> results = at_device([&] { return classifier_->collect(); });
  const Batch batch = std::move(batches_.front());
  batches_.pop_front();
  const std::size_t elements = batch.preprocessed.size() / results.size();
  auto preprocessed = batch.preprocessed.begin();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto end = preprocessed + static_cast<std::ptrdiff_t>(elements);
    if (const char* const fault = fault_of(results[i])) {
      outcomes_->fail(batch.places[i], fault);
    } else {
      outcomes_->label(batch.places[i], std::move(results[i]), {preprocessed, end});
    }
    preprocessed = end;
  }
}

}  // namespace app
