#include "../../apps/live/labelling/frame_exchange.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <string>
#include <type_traits>
#include <utility>
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

/// Whether the kernel has put a thread of this process to sleep: state S in proc(5).
bool is_asleep(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(stat, line);
  // The name in parentheses before the state may itself hold a parenthesis.
  const std::size_t name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 3, ") S") == 0;
}

/// Runs a function in a thread of its own.
template <typename Function>
class Call {
 public:
  using Result = std::invoke_result_t<Function>;

  explicit Call(Function function)
      : result_(std::async(std::launch::async, [this, function = std::move(function)] {
          thread_ = gettid();
          return function();
        })) {}

  /// Waits until the thread sleeps inside the function, or the function has returned. Returns
  /// whether it sleeps. Fails the case if the thread does neither.
  bool waits() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (result_.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
      if (thread_ != 0 && is_asleep(thread_)) return true;
      if (std::chrono::steady_clock::now() > deadline) FAIL("the thread neither sleeps nor ends");
    }
    return false;
  }

  Result get() { return result_.get(); }

 private:
  /// The thread's id; 0 until the thread has begun.
  std::atomic<pid_t> thread_ = 0;
  std::future<Result> result_;
};

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
  Call next([&] { return index_of(exchange.take()); });
  CHECK(next.waits());
  exchange.publish(frame(1));
  CHECK(next.get() == 1);
}

TEST_CASE("with Policy::kEvery the source waits and no frame is lost") {
  FrameExchange exchange(Policy::kEvery);
  constexpr int kCount = 200;
  std::atomic<int> published = 0;
  Call source([&] {
    for (; published < kCount; ++published) exchange.publish(frame(published));
    exchange.close();
  });
  CHECK(source.waits());
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
  Call source([&] { exchange.publish(frame(1)); });
  CHECK(source.waits());
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
  Call next([&] { return exchange.take(); });
  CHECK(next.waits());
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
  Call next([&] { return index_of(exchange.take()); });
  CHECK(next.waits());
  exchange.again();
  CHECK(next.get() == 3);
  Call last([&] { return index_of(exchange.take()); });
  CHECK(last.waits());
  exchange.abandon();
  CHECK(last.get() == -1);
}

}  // namespace
