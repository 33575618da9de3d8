#include "labelling/capture.h"

#include <fmt/format.h>
#include <gfnet/error.h>
#include <gfnet/text.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

namespace live {
namespace {

constexpr double kFirstRetrySeconds = 0.25;
constexpr double kLongestRetrySeconds = 4;
/// If a frame of a file is late by more than kLateSeconds, the frame is dropped. But if the frame
/// is late by more than kTooLateSeconds, because the machine cannot keep up or was asleep, the
/// frame is shown at once, and the following frames are timed from this frame.
constexpr double kLateSeconds = 0.1;
constexpr double kTooLateSeconds = 1;
/// If a frame of a file would be due more than this many seconds from now, the timestamps are taken
/// to have jumped, and the frame is shown at once. The limit is twice SourceRequest::image_seconds
/// if that is more.
constexpr double kLongestStandSeconds = 10;

}  // namespace

/// Keeps the device memory of frames. Once nobody else holds a frame, take() reuses the memory of
/// that frame for a new frame.
class Capture::FramePool {
 public:
  explicit FramePool(const gfnet::SharedDevice& device) : device_(device) {}

  std::shared_ptr<gfnet::DeviceFrame> take(std::uint32_t width, std::uint32_t height) {
    std::erase_if(frames_, [&](const auto& frame) {
      return frame.use_count() == 1 && (frame->width() != width || frame->height() != height);
    });
    for (const auto& frame : frames_) {
      if (frame.use_count() != 1) continue;
      std::atomic_thread_fence(std::memory_order_acquire);  // the last holder is done with it
      return frame;
    }
    frames_.push_back(std::make_shared<gfnet::DeviceFrame>(device_, width, height));
    return frames_.back();
  }

 private:
  gfnet::SharedDevice device_;
  std::vector<std::shared_ptr<gfnet::DeviceFrame>> frames_;
};

Capture::Capture(const gfnet::SharedDevice& device, SourceRequest request, Options options)
    : device_(device),
      request_(std::move(request)),
      options_(std::move(options)),
      uploader_(device),
      pool_(std::make_unique<FramePool>(device)),
      source_(open()) {
  if (source_) status_.source = source_->name();
  const bool every = options_.every && source_ && !source_->is_live();
  exchange_ = std::make_unique<FrameExchange>(
      every ? FrameExchange::Policy::kEvery : FrameExchange::Policy::kNewest, options_.after_last);
  frame_seconds_ = request_.image_seconds;
  thread_ = std::thread([this] { run(); });
}

Capture::~Capture() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  exchange_->abandon();
  thread_.join();
}

std::unique_ptr<FrameSource> Capture::open() {
  try {
    return open_source(
        request_, [this] { return stop_ || options_.interrupted(); },
        [this](const std::string& notice) { tell(notice); });
  } catch (const Cancelled&) {
    return nullptr;
  }
}

void Capture::tell(const std::string& notice) {
  if (!told_.insert(notice).second) return;  // printed in an earlier round
  std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(notice).c_str());
}

void Capture::run() {
  try {
    while (source_ && !stop_) {
      const bool is_live = source_->is_live();
      try {
        read(*source_);
        if (stop_) break;
        if (!is_live && round_index_ == 0) {
          throw gfnet::Error(source_->name() + ": contains no readable image");
        }
        if (!(is_live ? reconnect("it ended") : start_again())) break;
      } catch (const Cancelled&) {
        break;
      } catch (const gfnet::VulkanError&) {
        throw;
      } catch (const gfnet::Error& error) {
        // A source that was there before may come back.
        const bool is_waited_for = is_live || (options_.loop && index_ > 0);
        if (!is_waited_for) throw;
        if (!is_live) begin_round();
        if (!reconnect(error.what())) break;
      }
    }
    const std::lock_guard lock(mutex_);
    status_.condition = Condition::kEnded;
  } catch (...) {
    error_.keep_current();
    const std::lock_guard lock(mutex_);
    status_.condition = Condition::kEnded;
  }
  source_.reset();
  exchange_->close();
}

bool Capture::start_again() {
  if (!options_.loop) return false;
  begin_round();
  source_ = open();
  return source_ != nullptr;
}

void Capture::begin_round() {
  if (round_index_ == 0) return;  // no frame was read in this round
  round_start_ += std::max(std::exchange(last_seconds_, 0), 0.0) + frame_seconds_;
  round_index_ = 0;
}

void Capture::read(FrameSource& source) {
  while (std::optional<FrameInfo> info = source.next()) {
    hold_while_paused();
    if (stop_) return;
    // Not at the start of another round, where the timestamps start again.
    if (info->seconds > last_seconds_) frame_seconds_ = info->seconds - last_seconds_;
    last_seconds_ = info->seconds;
    info->seconds += round_start_;
    const bool is_wanted = source.is_live() || options_.every || wait_until_due(*info);
    hold_while_paused();  // it may have been paused meanwhile
    if (stop_) return;
    count(*info, is_wanted);
    if (is_wanted) try_to_deliver(source, *info);
    ++index_;
    ++round_index_;
  }
}

void Capture::count(const FrameInfo& info, bool is_wanted) {
  index_ += info.passed_over;
  const std::lock_guard lock(mutex_);
  for (std::int64_t i = 0; i <= info.passed_over; ++i) rate_.tick();
  status_.frames += info.passed_over + 1;
  status_.dropped += info.passed_over + (is_wanted ? 0 : 1);
  status_.condition = Condition::kRunning;
  status_.width = info.width;
  status_.height = info.height;
}

bool Capture::wait_until_due(const FrameInfo& info) {
  if (start_ == Clock::time_point{}) start_ = Clock::now() - seconds(info.seconds);
  const double early = info.seconds - seconds_since(start_);
  if (early > std::max(kLongestStandSeconds, 2 * request_.image_seconds)) {
    start_ = Clock::now() - seconds(info.seconds);
    return true;
  }
  if (early > 0) {
    sleep(early);
    return true;
  }
  if (early < -kTooLateSeconds) start_ = Clock::now() - seconds(info.seconds);
  return early > -kLateSeconds || early < -kTooLateSeconds;
}

void Capture::try_to_deliver(FrameSource& source, const FrameInfo& info) {
  try {
    deliver(source, info);
  } catch (const gfnet::UnsupportedError& error) {
    if (source.is_live()) throw;
    tell(fmt::format("{}: image {} ({}×{} pixels) skipped: {}", source.name(), round_index_ + 1,
                     info.width, info.height, error.what()));
  }
}

void Capture::deliver(FrameSource& source, const FrameInfo& info) {
  if (options_.longest_side > 0 && std::max(info.width, info.height) > options_.longest_side) {
    throw gfnet::UnsupportedError(
        fmt::format("images with a side over {} pixels are not supported in a window",
                    options_.longest_side),
        device_.description().name);
  }
  CapturedFrame frame;
  frame.width = info.width;
  frame.height = info.height;
  frame.index = index_;
  frame.seconds = info.seconds;
  frame.is_still = info.is_still;
  frame.captured = info.arrived.value_or(Clock::now());
  source.copy_to(uploader_.pixels(info.width, info.height));
  const std::shared_ptr<gfnet::DeviceFrame> image = pool_->take(info.width, info.height);
  uploader_.upload(*image);
  frame.image = image;
  exchange_->publish(std::move(frame));
}

bool Capture::reconnect(const std::string& cause) {
  source_.reset();
  {
    const std::lock_guard lock(mutex_);
    status_.condition = Condition::kLost;
    const std::string name = status_.source + ": ";
    status_.cause = cause.starts_with(name) ? cause.substr(name.size()) : cause;
    rate_.reset();
  }
  double wait = kFirstRetrySeconds;
  while (sleep(wait)) {
    wait = std::min(2 * wait, kLongestRetrySeconds);
    try {
      source_ = open();
      if (!source_) return false;
      const std::lock_guard lock(mutex_);
      status_.source = source_->name();
      status_.condition = Condition::kRunning;
      ++status_.reconnections;
      return true;
    } catch (const gfnet::VulkanError&) {
      throw;
    } catch (const gfnet::Error&) {
      // Still not there: try again.
    }
  }
  return false;
}

void Capture::hold_while_paused() {
  std::unique_lock lock(mutex_);
  // Only a file waits, together with its clock. A camera continues: its frames are ignored.
  if (!paused_ || source_->is_live()) return;
  const Clock::time_point from = Clock::now();
  changed_.wait(lock, [&] { return !paused_ || stop_; });
  if (start_ != Clock::time_point{}) start_ += Clock::now() - from;
}

bool Capture::sleep(double s) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, seconds(s), [&] { return stop_.load(); });
}

void Capture::set_paused(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  changed_.notify_all();
}

Capture::Status Capture::status() const {
  const std::lock_guard lock(mutex_);
  Status status = status_;
  status.rate = rate_.per_second();
  status.dropped += exchange_->dropped();
  return status;
}

std::string loss_of(const Capture::Status& status) {
  return fmt::format("{} is gone ({}), looking for it again", status.source, status.cause);
}

}  // namespace live
