#include "../../apps/live/labelling/frame_exchange.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace {

using live::CapturedFrame;
using live::FrameExchange;
using Policy = FrameExchange::Policy;
using AfterLast = FrameExchange::AfterLast;

CapturedFrame frame(std::int64_t index) {
  CapturedFrame made;
  made.index = index;
  made.captured = live::Clock::now();
  return made;
}

std::int64_t index_of(const std::optional<CapturedFrame>& taken) {
  return taken ? taken->index : -1;
}

/// How long a call that must block is observed.
constexpr auto kMoment = std::chrono::milliseconds(30);

template <typename Result>
bool waits(const std::future<Result>& future) {
  return future.wait_for(kMoment) == std::future_status::timeout;
}

TEST_CASE("a new frame replaces one that was not taken, which counts as dropped") {
  FrameExchange exchange(Policy::kNewest);
  CHECK(!exchange.newest());
  for (int i = 0; i < 4; ++i) exchange.publish(frame(i));
  CHECK(exchange.dropped() == 3);
  CHECK(index_of(exchange.newest()) == 3);
  CHECK(index_of(exchange.take()) == 3);
  CHECK(index_of(exchange.newest()) == 3);
  exchange.publish(frame(4));
  CHECK(exchange.dropped() == 3);
  CHECK(index_of(exchange.take()) == 4);
}

TEST_CASE("each frame is taken once: the next take() waits for another") {
  FrameExchange exchange(Policy::kNewest);
  exchange.publish(frame(0));
  exchange.take();
  auto next = std::async(std::launch::async, [&] { return index_of(exchange.take()); });
  CHECK(waits(next));
  exchange.publish(frame(1));
  CHECK(next.get() == 1);
}

TEST_CASE("with Policy::kEvery the source waits and no frame is lost") {
  FrameExchange exchange(Policy::kEvery);
  constexpr int kCount = 200;
  std::atomic<int> published = 0;
  auto source = std::async(std::launch::async, [&] {
    for (; published < kCount; ++published) exchange.publish(frame(published));
    exchange.close();
  });
  while (published == 0) std::this_thread::yield();
  CHECK(waits(source));
  CHECK(published == 1);
  std::vector<std::int64_t> taken;
  while (const auto next = exchange.take()) taken.push_back(next->index);
  REQUIRE(taken.size() == kCount);
  for (int i = 0; i < kCount; ++i) CHECK(taken[static_cast<std::size_t>(i)] == i);
  CHECK(exchange.dropped() == 0);
}

TEST_CASE("after close() the last frame can still be taken once") {
  FrameExchange exchange(Policy::kNewest);
  exchange.publish(frame(7));
  exchange.close();
  CHECK(index_of(exchange.take()) == 7);
  CHECK(!exchange.take());
  CHECK(index_of(exchange.newest()) == 7);
}

TEST_CASE("abandon() ends all waits") {
  FrameExchange exchange(Policy::kEvery);
  exchange.publish(frame(0));
  auto source = std::async(std::launch::async, [&] { exchange.publish(frame(1)); });
  CHECK(waits(source));
  exchange.abandon();
  source.get();
  CHECK(!exchange.take());
  exchange.publish(frame(2));
  CHECK(index_of(exchange.newest()) == 0);
}

TEST_CASE("hold() keeps the newest frame, which again() offers with a new capture time") {
  FrameExchange exchange(Policy::kNewest);
  exchange.again();  // no effect: there is no frame
  exchange.publish(frame(0));
  exchange.take();
  exchange.hold(true);
  exchange.publish(frame(1));
  CHECK(index_of(exchange.newest()) == 0);
  CHECK(exchange.dropped() == 0);
  auto next = std::async(std::launch::async, [&] { return exchange.take(); });
  CHECK(waits(next));
  const auto before = live::Clock::now();
  exchange.again();
  const auto taken = next.get();
  CHECK(index_of(taken) == 0);
  CHECK(taken->captured >= before);
  exchange.hold(false);
  exchange.publish(frame(2));
  CHECK(index_of(exchange.take()) == 2);
}

TEST_CASE("again() offers a taken frame, which does not count as dropped when replaced") {
  FrameExchange exchange(Policy::kNewest);
  exchange.publish(frame(0));
  exchange.again();  // no effect: not taken yet
  CHECK(index_of(exchange.take()) == 0);
  exchange.again();
  CHECK(index_of(exchange.take()) == 0);
  exchange.again();
  exchange.publish(frame(1));
  CHECK(exchange.dropped() == 0);
  CHECK(index_of(exchange.take()) == 1);
  exchange.publish(frame(2));
  exchange.publish(frame(3));
  CHECK(exchange.dropped() == 1);
}

TEST_CASE("a frame that was not taken before hold() can still be taken") {
  FrameExchange exchange(Policy::kNewest);
  exchange.publish(frame(0));
  exchange.hold(true);
  CHECK(index_of(exchange.take()) == 0);
}

TEST_CASE("with AfterLast::kStay again() offers the last frame after close()") {
  FrameExchange exchange(Policy::kNewest, AfterLast::kStay);
  exchange.publish(frame(3));
  exchange.close();
  CHECK(index_of(exchange.take()) == 3);
  auto next = std::async(std::launch::async, [&] { return index_of(exchange.take()); });
  CHECK(waits(next));
  exchange.again();
  CHECK(next.get() == 3);
  auto last = std::async(std::launch::async, [&] { return index_of(exchange.take()); });
  CHECK(waits(last));
  exchange.abandon();
  CHECK(last.get() == -1);
}

}  // namespace
