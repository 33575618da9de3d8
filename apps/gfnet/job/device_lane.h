#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "job/ordered_outcomes.h"

namespace app {

/// One device's queue of images. Gathers images into batches and keeps up to two batches at the
/// device: one runs, one waits. Results and failures go to the outcomes.
class DeviceLane {
 public:
  /// Throws gfnet::UnsupportedError if the device cannot run the model at all.
  DeviceLane(gfnet::Classifier& classifier, std::int64_t batch, bool wants_preprocessed,
             OrderedOutcomes& outcomes);

  /// Adds the image of an input. place: the value that OrderedOutcomes::add() returned for the
  /// input. May wait until a batch is done. Throws gfnet::UnsupportedError if the batch has too
  /// many images for the device. If a single image is too large for the device, its outcome is a
  /// failure instead.
  void add(std::uint64_t place, gfnet::Image image);
  /// Submits the gathered images, even if they do not fill a batch.
  void flush();

  /// Whether batches are at the device.
  bool is_at_work() const { return !batches_.empty(); }
  /// Whether the earliest batch at the device is done.
  bool ready() const;
  /// Place of the first input in the earliest batch. Requires is_at_work().
  std::uint64_t first_place() const { return batches_.front().places.front(); }
  /// Waits for the earliest batch and passes its results to the outcomes. Requires is_at_work().
  void collect();

 private:
  struct Batch {
    std::vector<std::uint64_t> places;
    std::vector<float> preprocessed;
  };

  /// Runs `work`. If it throws gfnet::VulkanError, adds the device's name to the error.
  template <class Work>
  auto at_device(const Work& work) const;
  void start(const std::vector<std::uint64_t>& places, std::span<const gfnet::Image> images);

  gfnet::Classifier* classifier_;
  std::size_t full_;
  bool wants_preprocessed_;
  OrderedOutcomes* outcomes_;
  std::size_t checked_ = 1;
  std::vector<std::uint64_t> places_;
  std::vector<gfnet::Image> images_;
  std::size_t bytes_ = 0;      // of images_
  std::deque<Batch> batches_;  // at the device
};

}  // namespace app
