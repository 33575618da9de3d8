#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "view_picture.h"

namespace live {

/// Makes the views' pictures in a thread of its own, so that neither display nor labelling waits
/// for them. It has nothing to do while no view is asked for.
class ViewMaker {
 public:
  ViewMaker();
  ~ViewMaker();
  ViewMaker(const ViewMaker&) = delete;
  ViewMaker& operator=(const ViewMaker&) = delete;

  /// Asks for a view of the latest result, which may be null, in the place of what was asked for
  /// before. Does not wait.
  void ask(const ViewWish& wish, const std::shared_ptr<const LabelledFrame>& labelled);

  /// The last picture of the view that is asked for; null before the first, and without a view.
  std::shared_ptr<const ViewPicture> picture() const;
  /// Whether that is this view of what was asked for last, or could not be made.
  bool is_current(const ViewWish& wish) const;
  /// Why it cannot be made.
  std::string refusal() const;
  /// What ended the thread; rethrown.
  void check() const;

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ViewWish wish_;
  std::shared_ptr<const LabelledFrame> labelled_;
  bool is_new_ = false;
  bool stop_ = false;
  std::shared_ptr<const ViewPicture> picture_;
  std::string refusal_;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace live
