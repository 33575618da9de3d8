#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "views/view_image.h"

namespace live {

/// Makes the images of views in its own thread, so that neither display nor labelling waits for
/// them. The thread is idle while no view is requested.
class ViewMaker {
 public:
  ViewMaker();
  ~ViewMaker();
  ViewMaker(const ViewMaker&) = delete;
  ViewMaker& operator=(const ViewMaker&) = delete;

  /// Requests a view of the latest result, which may be null. Replaces the previous request. Does
  /// not wait.
  void ask(const ViewWish& wish, const std::shared_ptr<const LabelledFrame>& labelled);

  /// The newest image of the requested view; null if there is none yet, or if no view is
  /// requested.
  std::shared_ptr<const ViewImage> image() const;
  /// Whether `wish` is the requested view and its work is done: its image shows the latest
  /// requested result, or the image could not be made.
  bool is_current(const ViewWish& wish) const;
  /// Why the requested view cannot be made; empty if it can.
  std::string refusal() const;
  /// Rethrows the exception that ended the thread, if any.
  void check() const;

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
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace live
