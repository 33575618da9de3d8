#include "job/device_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace app {
namespace {

/// Largest number of batches that are submitted to the device and not yet collected: one runs, one
/// waits.
constexpr std::size_t kBatchesAtDevice = 2;
/// A batch is also full once its decoded images have this many bytes together, even if it has fewer
/// images than a full batch. The images of a batch are kept until its results have come.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;
/// The next batch waits until the results of one with an image of so many bytes have come, so that
/// there are not two such images at the device.
constexpr std::size_t kHugeImage = std::size_t{256} << 20;

}  // namespace

DeviceLane::DeviceLane(Classifiers& classifiers, std::size_t index, bool wants_preprocessed,
                       OrderedOutcomes& outcomes, PixelMemory& memory, const Notify& notify)
    : classifier_(&classifiers[index]),
      full_(static_cast<std::size_t>(classifiers.batch(index))),
      wants_preprocessed_(wants_preprocessed),
      outcomes_(&outcomes),
      memory_(&memory),
      recovery_(classifiers, index, notify) {}

void DeviceLane::add(std::uint64_t place, gfnet::Image image) {
  next_.places.push_back(place);
  bytes_ += image.rgb.size();
  next_.images.push_back(std::move(image));
  // The final number of images is not known. Check at each power of two, so that a batch that is
  // too large for the device fails before its images fill the memory.
  const std::size_t images = next_.images.size();
  if (images > checked_ && std::has_single_bit(images)) {
    classifier_->check_batch(static_cast<std::int64_t>(images));
    checked_ = images;
  }
  if (images >= full_ || bytes_ >= kMostBytes) flush();
}

void DeviceLane::flush() {
  if (next_.images.empty()) return;
  bytes_ = 0;
  const bool has_huge = std::ranges::any_of(
      next_.images, [](const gfnet::Image& image) { return image.rgb.size() >= kHugeImage; });
  start(std::exchange(next_, {}));
  while (has_huge && is_at_work()) collect();
}

void DeviceLane::start(Batch batch) {
  // Memory may have run out since the batch was gathered.
  if (batch.images.size() > full_) {
    start_in_parts(std::move(batch), full_);
    return;
  }
  while (at_device_.size() >= kBatchesAtDevice) collect();
  std::size_t most = 1;
  try {
    const std::string refusal = submit(batch);
    if (refusal.empty()) {
      at_device_.push_back(std::move(batch));
      return;
    }
    if (batch.images.size() == 1) {
      outcomes_->fail(batch.places.front(), refusal);
      return;
    }
  } catch (const gfnet::VulkanError& error) {
    most = recover(error, batch);
    if (error.is_out_of_memory()) full_ = std::min(full_, most);
  }
  start_in_parts(std::move(batch), most);
}

std::string DeviceLane::submit(Batch& batch) {
  classifier_->prepare(static_cast<std::int64_t>(batch.images.size()));
  try {  // errors after this concern single images
    if (wants_preprocessed_) batch.preprocessed = classifier_->preprocess(batch.images);
    classifier_->submit(batch.images);
  } catch (const gfnet::UnsupportedError& error) {
    return error.what();
  }
  return "";
}

void DeviceLane::start_in_parts(Batch batch, std::size_t most) {
  auto image = std::make_move_iterator(batch.images.begin());
  for (std::size_t first = 0; first < batch.places.size(); first += most) {
    const std::size_t end = std::min(first + most, batch.places.size());
    const auto images = static_cast<std::ptrdiff_t>(end - first);
    start({.places = {batch.places.begin() + static_cast<std::ptrdiff_t>(first),
                      batch.places.begin() + static_cast<std::ptrdiff_t>(end)},
           .images = {image, image + images},
           .preprocessed = {}});
    image += images;
  }
}

bool DeviceLane::ready() {
  if (at_device_.empty()) return false;
  try {
    return classifier_->ready();
  } catch (const gfnet::VulkanError& error) {
    recover(error);
    return false;
  }
}

void DeviceLane::collect() {
  std::vector<gfnet::Classification> results;
  try {
    results = classifier_->collect();
  } catch (const gfnet::VulkanError& error) {
    recover(error);
    return;
  }
  Batch batch = std::move(at_device_.front());
  at_device_.pop_front();
  for (gfnet::Image& image : batch.images) memory_->give_back(std::move(image.rgb));
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

std::size_t DeviceLane::recover(const gfnet::VulkanError& error, const Batch& batch) {
  const Batch& first = at_device_.empty() ? batch : at_device_.front();
  const std::size_t most = recovery_.retry(error, batch.images.size(), work_of(first, batch));
  if (error.is_device_lost()) restart();
  return most;
}

void DeviceLane::recover(const gfnet::VulkanError& error) {
  recovery_.retry(error, 0, work_of(at_device_.front(), at_device_.back()));
  restart();
}

void DeviceLane::restart() {
  for (Batch& batch : std::exchange(at_device_, {})) start(std::move(batch));
}

std::string DeviceLane::work_of(const Batch& first, const Batch& last) const {
  const std::string& from = outcomes_->path(first.places.front());
  const std::string& to = outcomes_->path(last.places.back());
  return from == to ? "labelling " + from : fmt::format("labelling {} to {}", from, to);
}

}  // namespace app
