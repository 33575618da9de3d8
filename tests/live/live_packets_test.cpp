#include "../../apps/live/sources/live_packets.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using live::LivePackets;

constexpr bool kEachByItself = true;
constexpr bool kKey = true;
/// Longer than a packet may wait before the next key frame drops it.
constexpr auto kLong = std::chrono::milliseconds(250);

/// A source that delivers what the test tells it to.
class Script {
 public:
  /// Delivers a packet with this timestamp.
  void say(std::int64_t timestamp, bool is_key) {
    add([=](AVPacket& packet) {
      packet.pts = timestamp;
      packet.flags = is_key ? AV_PKT_FLAG_KEY : 0;
      return true;
    });
  }
  void end() {
    add([](AVPacket&) { return false; });
  }
  void fail() {
    add([](AVPacket&) -> bool { throw std::runtime_error("pulled out"); });
  }

  /// Waits until all packets have been read and the reader waits for more.
  void settle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_asked_ && said_.empty(); });
  }

  LivePackets::Read reader() {
    return [this](AVPacket& packet) {
      std::unique_lock lock(mutex_);
      is_asked_ = true;
      changed_.notify_all();
      changed_.wait(lock, [&] { return !said_.empty(); });
      const std::function<bool(AVPacket&)> next = said_.front();
      said_.pop_front();
      is_asked_ = false;
      return next(packet);
    };
  }

 private:
  void add(std::function<bool(AVPacket&)> what) {
    const std::lock_guard lock(mutex_);
    said_.push_back(std::move(what));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<bool(AVPacket&)>> said_;
  bool is_asked_ = false;
};

/// Takes all packets until the end. Returns their timestamps, negative for those after a gap.
std::vector<std::int64_t> rest_of(LivePackets& packets) {
  std::vector<std::int64_t> timestamps;
  while (const std::optional<LivePackets::Arrival> arrival = packets.take()) {
    timestamps.push_back(arrival->is_after_gap ? -arrival->packet->pts : arrival->packet->pts);
  }
  return timestamps;
}

using Timestamps = std::vector<std::int64_t>;

TEST_CASE("packets come in order, with their arrival times") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  const auto before = live::Clock::now();
  script.say(1, kKey);
  script.settle();
  const auto after = live::Clock::now();
  const auto first = packets.take();
  script.say(2, !kKey);
  script.say(3, !kKey);
  script.end();
  REQUIRE(first);
  CHECK(first->packet->pts == 1);
  CHECK(first->when >= before);
  CHECK(first->when <= after);
  CHECK(rest_of(packets) == Timestamps{2, 3});
  CHECK(packets.take_left_out() == 0);
  CHECK(!packets.has_more());
}

TEST_CASE("of an intra-only stream only the newest packet waits") {
  Script script;
  LivePackets packets(script.reader(), kEachByItself);
  for (int i = 1; i <= 4; ++i) script.say(i, !kKey);
  script.settle();
  CHECK(packets.take()->packet->pts == 4);
  CHECK(packets.take_left_out() == 3);
  CHECK(packets.take_left_out() == 0);
  script.say(5, !kKey);
  script.end();
  CHECK(rest_of(packets) == Timestamps{5});
}

TEST_CASE("late packets are dropped at the next key frame") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  script.say(1, kKey);
  script.say(2, !kKey);
  script.say(3, !kKey);
  script.settle();
  std::this_thread::sleep_for(kLong);
  script.say(4, !kKey);  // depends on the packets before
  script.say(5, kKey);
  script.say(6, !kKey);
  script.settle();
  script.end();
  CHECK(rest_of(packets) == Timestamps{-5, 6});
  CHECK(packets.take_left_out() == 4);
}

TEST_CASE("packets that are far too late are dropped, up to the next key frame") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  script.say(1, kKey);
  script.say(2, !kKey);
  script.settle();
  std::this_thread::sleep_for(std::chrono::milliseconds(2200));
  script.say(3, !kKey);
  script.settle();
  CHECK(!packets.has_more());
  script.say(4, !kKey);
  script.say(5, kKey);
  script.end();
  CHECK(rest_of(packets) == Timestamps{-5});
  CHECK(packets.take_left_out() == 4);
}

TEST_CASE("an error of the source is thrown after its last packet") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  script.say(1, kKey);
  script.fail();
  CHECK(packets.take()->packet->pts == 1);
  CHECK_THROWS_WITH(packets.take(), "pulled out");
}

}  // namespace
