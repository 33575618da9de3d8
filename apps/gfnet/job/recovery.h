#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <functional>
#include <string>

#include "job/classifiers.h"

namespace app {

/// Gets a line about a device that failed, and about how the job goes on.
using Notify = std::function<void(const std::string&)>;

/// Decides how a labelling job goes on after one of its devices failed. Results do not depend on
/// how images are divided into batches, so a batch that failed can be run again, and in parts.
class Recovery {
 public:
  /// index: of the device's classifier in `classifiers`.
  Recovery(Classifiers& classifiers, std::size_t index, Notify notify)
      : classifiers_(&classifiers), index_(index), notify_(std::move(notify)) {}

  /// Returns the largest number of images to try again with, after `error` ended a batch of
  /// `images` images. If memory ran out: half as many, or once again one. If the device was lost for
  /// the first time: as many, and the classifier is a new one, which has no batches. Calls notify()
  /// about smaller batches and about a lost device. In all other cases, and if the device cannot be
  /// opened again, throws the error again, with the device's name. images: 0 if the error is about
  /// batches that the device runs already; they cannot be made smaller. work: what the device was
  /// doing, for the message.
  std::size_t retry(const gfnet::VulkanError& error, std::size_t images, const std::string& work);

 private:
  Classifiers* classifiers_;
  std::size_t index_;
  Notify notify_;
  bool was_lost_ = false;
  bool was_short_for_one_ = false;
};

}  // namespace app
