#pragma once

#include <gfnet/interop.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "labelling/frame_exchange.h"
#include "labelling/rate_meter.h"
#include "labelling/thread_error.h"
#include "sources/source.h"
#include "sources/stop_check.h"

namespace live {

/// Runs a thread that reads a source, uploads the source's frames to the device and publishes these
/// frames in a FrameExchange. A file is read at the pace of its timestamps or, if Options::every is
/// true, as fast as frames are taken. If a live source vanishes, the thread tries to open the
/// source again until that succeeds.
class Capture {
 public:
  struct Options {
    /// If true, every frame of a file is delivered, as fast as frames are taken from the exchange.
    /// If false, a file is read at the pace of its timestamps, and late frames are dropped.
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
    /// If `condition` is kLost: why the source was lost.
    std::string cause;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Frames per second that the source delivers.
    double rate = 0;
    /// Frames of the source so far, dropped ones included.
    std::int64_t frames = 0;
    /// How many of `frames` were dropped.
    std::int64_t dropped = 0;
    /// How often a lost source was opened again.
    std::int64_t reconnections = 0;
  };

  /// Opens the source and starts the thread. Throws gfnet::Error if the source cannot be opened. If
  /// Options::interrupted returns true while the source is being opened, no frames come.
  Capture(const gfnet::SharedDevice& device, SourceRequest request, Options options);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// The exchange in which the frames are published. The exchange is destroyed together with this
  /// object.
  FrameExchange& exchange() { return *exchange_; }
  void set_paused(bool paused);
  Status status() const;
  /// Rethrows the exception that ended the thread, if any.
  void check() const { error_.rethrow(); }

 private:
  class FramePool;

  /// Opens the source. Returns null if the destructor or Options::interrupted says to stop.
  std::unique_ptr<FrameSource> open();
  /// Prints a message on stderr. A text that was printed before is not printed again.
  void tell(const std::string& notice);
  void run();
  /// Reopens the source, a file that has ended. Returns false if Options::loop is false, or if told
  /// to stop.
  bool start_again();
  /// Prepares for the next pass through a file that loops. The timestamps of that pass continue
  /// after the last frame of the previous pass.
  void begin_round();
  void read(FrameSource& source);
  void count(const FrameInfo& info, bool is_wanted);
  void deliver(FrameSource& source, const FrameInfo& info);
  /// Delivers a frame. If the source is a file and the frame exceeds the limits of the device,
  /// reports and skips the frame instead.
  void try_to_deliver(FrameSource& source, const FrameInfo& info);
  /// Waits until a frame of a file is due. Returns false if the frame is too late and must be
  /// dropped.
  bool wait_until_due(const FrameInfo& info);
  /// Tries to reopen a lost source, with growing pauses, until that succeeds. Returns false if told
  /// to stop. cause: why the source was lost.
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
  /// When timestamp 0 of the first pass through a file was due. Pauses, long delays and jumps of
  /// the timestamps change this time.
  Clock::time_point start_{};
  /// Start of the current pass through a looping file, in seconds after start_.
  double round_start_ = 0;
  double last_seconds_ = 0;
  /// Time between the last two frames, in seconds. The last frame of a file is taken to last as
  /// long as this.
  double frame_seconds_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
  /// status_.dropped counts only frames that never reached exchange_. status() adds the number of
  /// frames that exchange_ dropped.
  Status status_;
  RateMeter rate_;
  ThreadError error_;
  std::thread thread_;
};

/// Message for the user that a source is lost. status.condition must be kLost.
std::string loss_of(const Capture::Status& status);

}  // namespace live
