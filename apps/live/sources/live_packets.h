#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "sources/clock.h"
#include "sources/ffmpeg_objects.h"

namespace live {

/// Reads packets from a live input in its own thread, as soon as they arrive. Packets that wait
/// here have an arrival time and can be dropped, unlike packets that wait in a socket or a driver.
///
/// If every frame decodes on its own (an intra-only codec), only the newest packet is kept.
/// Otherwise packets that have waited too long are dropped once a key frame arrives.
class LivePackets {
 public:
  using Read = std::function<bool(AVPacket&)>;

  /// read: waits for a packet, returns false at the end and throws if the source fails.
  /// each_stands_for_itself: whether every frame decodes on its own.
  LivePackets(Read read, bool each_stands_for_itself);
  /// Waits for the thread. `read` must return soon: its owner must have stopped it.
  ~LivePackets();
  LivePackets(const LivePackets&) = delete;
  LivePackets& operator=(const LivePackets&) = delete;

  struct Arrival {
    OwnedPacket packet;
    Clock::time_point when;
    /// True if packets just before this one were dropped, so that the decoder must be flushed.
    bool is_after_gap = false;
  };
  /// Waits for the next packet. Returns nothing at the end. Rethrows what `read` threw.
  std::optional<Arrival> take();
  bool has_more() const;
  /// Number of packets dropped since the last call.
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
  /// When waiting packets were dropped; reset once a later packet is kept. Until then, packets that
  /// may need a dropped one for decoding are dropped too.
  std::optional<Clock::time_point> gap_since_;
  bool has_ended_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace live
