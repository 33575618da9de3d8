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

/// Runs a thread that reads the packets of a live input as soon as the packets arrive. The packets
/// then wait in this object for take(). In this way the arrival time of each packet is known, and
/// waiting packets can be dropped. Neither is possible if packets wait in a socket or a driver.
///
/// If every frame can be decoded without other frames (an intra-only codec), only the newest packet
/// is kept. With any other codec, if a packet has waited too long, all waiting packets are dropped
/// when the next key frame arrives.
class LivePackets {
 public:
  using Read = std::function<bool(AVPacket&)>;

  /// read: waits for a packet and stores the packet in the argument. Returns false at the end of
  /// the input, and throws if the input fails. each_stands_for_itself: whether every frame can be
  /// decoded without other frames.
  LivePackets(Read read, bool each_stands_for_itself);
  /// Waits until the thread has ended. The caller must already have told `read` to stop, so that
  /// `read` returns soon.
  ~LivePackets();
  LivePackets(const LivePackets&) = delete;
  LivePackets& operator=(const LivePackets&) = delete;

  /// A packet, and when the packet arrived.
  struct Arrival {
    OwnedPacket packet;
    Clock::time_point when;
    /// True if packets just before this packet were dropped, so that the decoder must be flushed.
    bool is_after_gap = false;
  };
  /// Waits for the next packet. Returns nothing at the end. Rethrows what `read` threw.
  std::optional<Arrival> take();
  bool has_more() const;
  /// Number of packets that were dropped since the last call of take_left_out().
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
  /// When waiting packets were dropped. Empty again once a later packet is kept. Until then, a new
  /// packet is dropped too if a dropped packet may be needed to decode the new packet.
  std::optional<Clock::time_point> gap_since_;
  bool has_ended_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace live
