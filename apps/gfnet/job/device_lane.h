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
/// device: one runs, one waits. Passes results and failures to an OrderedOutcomes object.
class DeviceLane {
 public:
  /// batch: number of images in a full batch. Throws gfnet::UnsupportedError if the device cannot
  /// run the model at all.
  DeviceLane(gfnet::Classifier& classifier, std::int64_t batch, bool wants_preprocessed,
             OrderedOutcomes& outcomes);

  /// Adds the image of an input. place: the value that OrderedOutcomes::add() returned for the
  /// input. If the image fills a batch, submits the batch; if two earlier batches are still at the
  /// device, first waits for one of them. Throws gfnet::UnsupportedError if the batch has too many
  /// images for the device. If a single image is too large for the device, does not throw, but
  /// records a failure for the input of this image.
  void add(std::uint64_t place, gfnet::Image image);
  /// Submits the gathered images, even if they do not fill a batch.
  void flush();

  /// Whether at least one batch was submitted and is not yet collected.
  bool is_at_work() const { return !batches_.empty(); }
  /// Whether the device has finished the earliest batch that is submitted and not yet collected. If
  /// true, collect() does not wait. False if there is no such batch.
  bool ready() const;
  /// Place (see OrderedOutcomes::add()) of the first input in the earliest batch that is submitted
  /// and not yet collected. Requires is_at_work().
  std::uint64_t first_place() const { return batches_.front().places.front(); }
  /// Waits for the earliest batch that is submitted and not yet collected, and passes the results
  /// of this batch to the OrderedOutcomes object. Requires is_at_work().
  void collect();

 private:
  struct Batch {
    std::vector<std::uint64_t> places;
    std::vector<float> preprocessed;
  };

  /// Runs `work` and returns its result. If `work` throws gfnet::VulkanError, adds the device's
  /// name to the error.
  template <class Work>
  auto at_device(const Work& work) const;
  /// Prepares the device for batches of `images` images: uploads weights, measures candidates,
  /// makes pipelines and records commands. Does nothing if a batch of `images` images has run
  /// before. Throws gfnet::UnsupportedError, which ends the job, if `images` is too many for the
  /// device.
  void compile_for(std::size_t images);
  /// Submits a batch. places: for each image, the place of its input (see OrderedOutcomes::add()).
  /// If one image is too large for the device, only the input of this image fails.
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
