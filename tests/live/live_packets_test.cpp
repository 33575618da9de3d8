#include "../../apps/live/live_packets.h"

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
/// Longer than a packet may wait before a key picture takes its place.
constexpr auto kLong = std::chrono::milliseconds(250);

/// A source that says what it is told to, and then that it has ended.
class Script {
 public:
  /// A picture with that timestamp.
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

  /// Returns once all that was said has been heard: the reader waits for more.
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

/// All that is left, once the source has ended: timestamps, those after a gap negative.
std::vector<std::int64_t> rest_of(LivePackets& packets) {
  std::vector<std::int64_t> timestamps;
  while (const std::optional<LivePackets::Arrival> arrival = packets.take()) {
    timestamps.push_back(arrival->is_after_gap ? -arrival->packet->pts : arrival->packet->pts);
  }
  return timestamps;
}

using Timestamps = std::vector<std::int64_t>;

TEST_CASE("packets come one after the other, with the time at which they came") {
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

TEST_CASE("of pictures that stand for themselves only the newest waits") {
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

TEST_CASE("who is late goes on at the next key picture") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  script.say(1, kKey);
  script.say(2, !kKey);
  script.say(3, !kKey);
  script.settle();
  std::this_thread::sleep_for(kLong);
  script.say(4, !kKey);  // needs what is before it
  script.say(5, kKey);
  script.say(6, !kKey);
  script.settle();
  script.end();
  CHECK(rest_of(packets) == Timestamps{-5, 6});
  CHECK(packets.take_left_out() == 4);
}

TEST_CASE("without a key picture what is far too late is left out, up to the next one") {
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

TEST_CASE("what ends the source comes after what it had said") {
  Script script;
  LivePackets packets(script.reader(), !kEachByItself);
  script.say(1, kKey);
  script.fail();
  CHECK(packets.take()->packet->pts == 1);
  CHECK_THROWS_WITH(packets.take(), "pulled out");
}

}  // namespace
