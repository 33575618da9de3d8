#include "views/view_maker.h"

#include <gfnet/error.h>

#include <utility>

namespace live {
namespace {

/// Whether the view `wish` shows the same image for the results `a` and `b`. The filters depend
/// only on the model. Every other view depends on the frame, so `a` and `b` must be the same
/// object.
bool is_of_same(const ViewWish& wish, const LabelledFrame& a, const LabelledFrame& b) {
  return wish.view == View::kFilters ? a.model == b.model : &a == &b;
}

}  // namespace

ViewMaker::ViewMaker() : thread_([this] { run(); }) {}

ViewMaker::~ViewMaker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ViewMaker::ask(const ViewWish& wish, const std::shared_ptr<const LabelledFrame>& labelled) {
  const std::lock_guard lock(mutex_);
  if (wish != std::exchange(wish_, wish)) {
    labelled_.reset();
    image_.reset();
    refusal_.clear();
    is_new_ = false;
  }
  if (!labelled) return;
  if (!can_show(wish, *labelled)) {
    // The previous image does not show the current result.
    labelled_.reset();
    image_.reset();
    is_new_ = false;
    return;
  }
  if (labelled_ && is_of_same(wish, *labelled, *labelled_)) return;
  labelled_ = labelled;
  is_new_ = true;
  changed_.notify_all();
}

void ViewMaker::run() {
  std::unique_lock lock(mutex_);
  try {
    while (true) {
      changed_.wait(lock, [&] { return is_new_ || stop_; });
      if (stop_) return;
      is_new_ = false;
      const ViewWish wish = wish_;
      const std::shared_ptr<const LabelledFrame> labelled = labelled_;
      lock.unlock();
      std::shared_ptr<const ViewImage> image;
      std::string refusal;
      try {
        image = std::make_shared<const ViewImage>(make_view_image(wish, labelled));
      } catch (const gfnet::Error& error) {
        refusal = error.what();
      }
      lock.lock();
      if (wish != wish_ || !labelled_) continue;
      image_ = std::move(image);
      refusal_ = std::move(refusal);
    }
  } catch (...) {
    error_.keep_current();
  }
}

std::shared_ptr<const ViewImage> ViewMaker::image() const {
  const std::lock_guard lock(mutex_);
  return image_;
}

bool ViewMaker::is_current(const ViewWish& wish) const {
  const std::lock_guard lock(mutex_);
  return wish == wish_ && (!refusal_.empty() || (image_ && image_->labelled == labelled_));
}

std::string ViewMaker::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

}  // namespace live
