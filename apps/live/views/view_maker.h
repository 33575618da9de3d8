#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "labelling/thread_error.h"
#include "views/view_image.h"

namespace live {

/// Makes the images of views in its own thread, so that neither display nor labelling waits for
/// these images. The thread is idle while no view is requested.
class ViewMaker {
 public:
  ViewMaker();
  ~ViewMaker();
  ViewMaker(const ViewMaker&) = delete;
  ViewMaker& operator=(const ViewMaker&) = delete;

  /// Requests the image of the view `wish` for the latest result, `labelled`, which may be null.
  /// Replaces the previous request. Does not wait.
  void ask(const ViewWish& wish, const std::shared_ptr<const LabelledFrame>& labelled);

  /// The newest image of the requested view. Null if no image was made yet, or if no view is
  /// requested.
  std::shared_ptr<const ViewImage> image() const;
  /// Whether `wish` is the requested view and the thread is done with this view: image() shows the
  /// latest result given to ask(), or the image could not be made.
  bool is_current(const ViewWish& wish) const;
  /// Why the image of the requested view could not be made; empty if there was no error.
  std::string refusal() const;
  /// Rethrows the exception that ended the thread, if any.
  void check() const { error_.rethrow(); }

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ViewWish wish_;
  std::shared_ptr<const LabelledFrame> labelled_;
  bool is_new_ = false;
  bool stop_ = false;
  std::shared_ptr<const ViewImage> image_;
  std::string refusal_;
  ThreadError error_;
  std::thread thread_;
};

}  // namespace live
