#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "ordered_outcomes.h"

namespace app {

/// One device's part of a job: gathers pictures to batches, and has one batch wait at the device
/// while another is computed. What comes of them goes to the outcomes.
class DeviceLane {
 public:
  /// Throws gfnet::UnsupportedError if the device cannot run the model at all.
  DeviceLane(gfnet::Classifier& classifier, std::int64_t batch, bool wants_preprocessed,
             OrderedOutcomes& outcomes);

  /// Takes the picture of the input at a place of the outcomes. May wait for a batch to be done.
  /// Throws gfnet::UnsupportedError if the device cannot take so large a batch of any pictures; a
  /// single picture beyond it is an outcome.
  void add(std::uint64_t place, gfnet::Image image);
  /// Hands what has been gathered to the device, though it be no full batch.
  void flush();

  /// Whether there are batches at the device, and whether the earliest of them is done.
  bool is_at_work() const { return !batches_.empty(); }
  bool ready() const;
  /// The place of the earliest batch's first input; there must be one.
  std::uint64_t first_place() const { return batches_.front().places.front(); }
  /// Takes the results of the earliest batch, when it is done.
  void collect();

 private:
  struct Batch {
    std::vector<std::uint64_t> places;
    std::vector<float> preprocessed;
  };

  /// What the work throws of Vulkan names the device.
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
