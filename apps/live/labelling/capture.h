#pragma once

#include <gfnet/interop.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "labelling/frame_exchange.h"
#include "labelling/rate_meter.h"
#include "sources/source.h"

namespace live {

/// Reads a source in its own thread, uploads its frames to the device and publishes them in a
/// FrameExchange. A file is read at its own pace, or as fast as its frames are taken. A live source
/// that vanishes is reopened until it comes back.
class Capture {
 public:
  struct Options {
    /// Delivers every frame of a file, as fast as frames are taken. If false, files run at their
    /// own pace and late frames are dropped.
    bool every = false;
    /// Restart files when they end.
    bool loop = false;
    FrameExchange::AfterLast after_last = FrameExchange::AfterLast::kEnd;
    /// Longest side of a frame that can be shown, in pixels; 0: no limit.
    std::uint32_t longest_side = 0;
    /// Returns true to stop waiting for a source. Called from several threads.
    StopCheck interrupted = [] { return false; };
  };

  enum class Condition { kRunning, kLost, kEnded };

  struct Status {
    Condition condition = Condition::kRunning;
    std::string source;
    /// Why the source was lost (kLost).
    std::string cause;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Frames per second.
    double rate = 0;
    /// Frames of the source so far, dropped ones included.
    std::int64_t frames = 0;
    /// How many of `frames` were dropped.
    std::int64_t dropped = 0;
    /// How often a lost source was opened again.
    std::int64_t reconnections = 0;
  };

  /// Opens the source. Throws gfnet::Error if that fails. If it is interrupted while opening, no
  /// frames come.
  Capture(const gfnet::SharedDevice& device, SourceRequest request, Options options);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// The exchange that gets the frames. No thread may use it once this object is destroyed.
  FrameExchange& exchange() { return *exchange_; }
  void set_paused(bool paused);
  Status status() const;
  /// Rethrows the exception that ended the thread, if any.
  void check() const;

 private:
  class FramePool;

  /// Opens the source; null if told to stop.
  std::unique_ptr<FrameSource> open();
  /// Prints a message on stderr, the same text only once.
  void tell(const std::string& notice);
  void run();
  /// Reopens a file that has ended. False if Options::loop is false, or if told to stop.
  bool start_again();
  /// Prepares for the next pass through a looping file. The timestamps of that pass continue after
  /// the last frame of the previous one.
  void begin_round();
  void read(FrameSource& source);
  void count(const FrameInfo& info, bool is_wanted);
  void deliver(FrameSource& source, const FrameInfo& info);
  /// Delivers a frame. A frame of a file that exceeds the device's limits is reported and skipped.
  void try_to_deliver(FrameSource& source, const FrameInfo& info);
  /// Waits until a file's frame is due. False if it is too late to be shown.
  bool wait_until_due(const FrameInfo& info);
  /// Reopens a lost source, with growing pauses. False if told to stop.
  bool reconnect(const std::string& cause);
  void hold_while_paused();
  /// Sleeps for s seconds. False if told to stop meanwhile.
  bool sleep(double s);

  gfnet::SharedDevice device_;
  SourceRequest request_;
  Options options_;
  gfnet::FrameUploader uploader_;
  std::unique_ptr<FramePool> pool_;
  std::atomic<bool> stop_ = false;  // read by the source's StopCheck
  std::set<std::string> told_;
  std::unique_ptr<FrameSource> source_;
  std::unique_ptr<FrameExchange> exchange_;
  std::int64_t index_ = 0;
  /// Number of frames read in the current pass through the source.
  std::int64_t round_index_ = 0;
  /// Time at which timestamp 0 of a file's first pass was due. Pauses move it.
  Clock::time_point start_{};
  /// Start of the current pass through a looping file, in seconds after start_.
  double round_start_ = 0;
  double last_seconds_ = 0;
  /// Time between the last two frames, in seconds. The last frame of a file lasts as long.
  double frame_seconds_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
  /// Its `dropped` counts only frames that never reached exchange_. status() adds the frames that
  /// exchange_ dropped.
  Status status_;
  RateMeter rate_;
  std::exception_ptr error_;
  std::thread thread_;
};

/// Message for the user about a source in Condition::kLost.
std::string loss_of(const Capture::Status& status);

}  // namespace live
