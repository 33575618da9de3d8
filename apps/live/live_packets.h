#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "clock.h"
#include "ffmpeg_objects.h"

namespace live {

/// What comes from a live input, read in a thread of its own: it waits here, where it has a time
/// and can be left out, and not in a socket or a driver.
///
/// Where each picture stands for itself only the newest waits. Otherwise what has waited for long
/// is left out once a picture comes that needs none before it.
class LivePackets {
 public:
  using Read = std::function<bool(AVPacket&)>;

  /// read: waits for a packet; false at the end; throws what ends the source.
  LivePackets(Read read, bool each_stands_for_itself);
  /// The read must have been told to end.
  ~LivePackets();
  LivePackets(const LivePackets&) = delete;
  LivePackets& operator=(const LivePackets&) = delete;

  struct Arrival {
    OwnedPacket packet;
    Clock::time_point when;
    /// Packets before it are missing.
    bool is_after_gap = false;
  };
  /// Waits for the next one. Nothing at the end. Throws what ended the source.
  std::optional<Arrival> take();
  bool has_more() const;
  /// How many were left out since this was asked last.
  std::int64_t take_left_out();

 private:
  void run();
  void add(OwnedPacket packet);

  Read read_;
  bool each_stands_for_itself_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Arrival> waiting_;
  std::int64_t left_out_ = 0;
  /// Since when nothing that comes can be decoded, for want of what was left out.
  std::optional<Clock::time_point> gap_since_;
  bool has_ended_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace live
