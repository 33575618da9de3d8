#pragma once

#include <gfnet/interop.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "frame_exchange.h"
#include "rate_meter.h"
#include "source.h"

namespace live {

/// Reads a source in a thread of its own, brings its pictures to the device and leaves them in a
/// FrameExchange. A file is read at its own pace or as fast as its pictures are taken; a live
/// source that vanishes is looked for again and again.
class Capture {
 public:
  struct Options {
    /// Files as fast as their pictures are taken, none left out; otherwise at their own pace, and
    /// pictures for which it is too late are left out.
    bool every = false;
    /// Files start again when they end.
    bool loop = false;
    FrameExchange::AfterLast after_last = FrameExchange::AfterLast::kEnd;
    /// No picture with a longer side can be shown; 0: any can.
    std::uint32_t longest_side = 0;
    /// Whether not to wait any longer for a source; called from several threads.
    StopCheck interrupted = [] { return false; };
  };

  enum class Condition { kRunning, kLost, kEnded };

  struct Status {
    Condition condition = Condition::kRunning;
    std::string source;
    /// Of kLost: why.
    std::string cause;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    double rate = 0;
    /// Pictures that the source had, those of them that were left out, and how often it came back.
    std::int64_t frames = 0;
    std::int64_t dropped = 0;
    std::int64_t reconnections = 0;
  };

  /// Opens the source; throws gfnet::Error if that fails. If it is interrupted meanwhile, there are
  /// no pictures.
  Capture(const gfnet::SharedDevice& device, SourceRequest request, Options options);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// Where the pictures are. Who waits there must be done when this ends.
  FrameExchange& exchange() { return *exchange_; }
  void set_paused(bool paused);
  Status status() const;
  /// What ended the thread before its time; rethrown.
  void check() const;

 private:
  class FramePool;

  /// Null when told to stop.
  std::unique_ptr<FrameSource> open();
  /// On stderr, once.
  void tell(const std::string& notice);
  void run();
  /// Once a file has ended. False if that is all.
  bool start_again();
  void begin_round();
  void read(FrameSource& source);
  void count(const FrameInfo& info, bool is_wanted);
  void deliver(FrameSource& source, const FrameInfo& info);
  /// Unless that is beyond the device, of one picture among a file's.
  void try_to_deliver(FrameSource& source, const FrameInfo& info);
  /// Waits until a file's picture is due. Whether it is still worth showing.
  bool wait_until_due(const FrameInfo& info);
  bool reconnect(const std::string& cause);
  void hold_while_paused();
  /// False when it was cut short.
  bool sleep(double s);

  gfnet::SharedDevice device_;
  SourceRequest request_;
  Options options_;
  gfnet::FrameUploader uploader_;
  std::unique_ptr<FramePool> pool_;
  std::atomic<bool> stop_ = false;  // which the source looks at
  std::set<std::string> told_;
  std::unique_ptr<FrameSource> source_;
  std::unique_ptr<FrameExchange> exchange_;
  std::int64_t index_ = 0;
  /// Among those of this round.
  std::int64_t round_index_ = 0;
  /// When a file's second 0 was due, and where in the stream of all its rounds it is.
  Clock::time_point start_{};
  double round_start_ = 0;
  double last_seconds_ = 0;
  /// How long a picture lasts; the last one of a round, too.
  double frame_seconds_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
  /// dropped: those that never got to the exchange.
  Status status_;
  RateMeter rate_;
  std::exception_ptr error_;
  std::thread thread_;
};

/// What to say of a source in Condition::kLost.
std::string loss_of(const Capture::Status& status);

}  // namespace live
