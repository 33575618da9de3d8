#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "job/classifiers.h"
#include "job/ordered_outcomes.h"
#include "job/pixel_memory.h"
#include "job/recovery.h"

namespace app {

/// One device's queue of images. Gathers images into batches and keeps up to two batches at the
/// device: one runs, one waits. Passes results and failures to an OrderedOutcomes object.
///
/// If the device runs out of memory, continues with smaller batches. If the device is lost, opens
/// it again, once, and runs the batches that were at the device again. Throws gfnet::VulkanError,
/// with the device's name, for all other failures of the device, and when it is lost again.
class DeviceLane {
 public:
  /// index: of the device's classifier in `classifiers`. memory: gets that of images whose results
  /// have come.
  DeviceLane(Classifiers& classifiers, std::size_t index, bool wants_preprocessed,
             OrderedOutcomes& outcomes, PixelMemory& memory, const Notify& notify);

  /// Adds the image of an input. place: the value that OrderedOutcomes::add() returned for the
  /// input. If the image fills a batch, submits the batch; if two earlier batches are still at the
  /// device, first waits for one of them. Throws gfnet::UnsupportedError if the batch has too many
  /// images for the device. If a single image is too large for the device, does not throw, but
  /// records a failure for the input of this image.
  void add(std::uint64_t place, gfnet::Image image);
  /// Submits the gathered images, even if they do not fill a batch.
  void flush();

  /// Whether at least one batch was submitted and is not yet collected.
  bool is_at_work() const { return !at_device_.empty(); }
  /// Whether the device has finished the earliest batch that is submitted and not yet collected. If
  /// true, collect() does not wait. False if there is no such batch.
  bool ready();
  /// Place (see OrderedOutcomes::add()) of the first input in the earliest batch that is submitted
  /// and not yet collected. Requires is_at_work().
  std::uint64_t first_place() const { return at_device_.front().places.front(); }
  /// Waits for the earliest batch that is submitted and not yet collected, and passes the results
  /// of this batch to the OrderedOutcomes object. If the device is lost meanwhile, submits the
  /// batches again and passes nothing on. Requires is_at_work().
  void collect();

 private:
  /// Images, and for each the place of its input. preprocessed: what the network gets, if that is
  /// wanted, once the batch is at the device.
  struct Batch {
    std::vector<std::uint64_t> places;
    std::vector<gfnet::Image> images;
    std::vector<float> preprocessed;
  };

  /// Submits a batch. If memory runs out, or ran out since it was gathered, submits parts of it. If
  /// a single image is too large for the device, only the input of this image fails.
  void start(Batch batch);
  /// Prepares the device for the batch and submits it. Prepares: uploads weights, measures
  /// candidates, makes pipelines and records commands, if no batch of this size has run before.
  /// Returns why an image is too large for the device, or "" if the batch was submitted. Throws
  /// gfnet::UnsupportedError, which ends the job, if the device cannot run so many images.
  std::string submit(Batch& batch);
  /// Submits the images of a batch as batches of at most `most` images.
  void start_in_parts(Batch batch, std::size_t most);
  /// Takes what can be done after `error` in a batch that is not at the device (Recovery::retry).
  /// Returns the largest number of images to try again with. Throws the error again if nothing
  /// helps.
  std::size_t recover(const gfnet::VulkanError& error, const Batch& batch);
  /// The same for an error in the batches at the device. Only a lost device can be recovered from:
  /// these batches have all memory that they need.
  void recover(const gfnet::VulkanError& error);
  /// Takes back the batches at the device and submits them again, to a device that was opened
  /// again.
  void restart();
  /// What the device does: "labelling a.jpg to b.jpg".
  /// first, last: the first and the last batch that the device works on.
  std::string work_of(const Batch& first, const Batch& last) const;

  gfnet::Classifier* classifier_;
  std::size_t full_;
  bool wants_preprocessed_;
  OrderedOutcomes* outcomes_;
  PixelMemory* memory_;
  Recovery recovery_;
  std::size_t checked_ = 1;
  Batch next_;             // gathered
  std::size_t bytes_ = 0;  // of next_
  std::deque<Batch> at_device_;
};

}  // namespace app
