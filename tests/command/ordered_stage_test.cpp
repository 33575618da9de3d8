#include "../../apps/gfnet/job/ordered_stage.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>

namespace {

using app::OrderedStage;
using Stage = OrderedStage<int, int>;

/// Yields 0, 1, …, count − 1. drawn: counts the items taken.
Stage::Source numbers(int count, std::atomic<int>& drawn) {
  return [count, &drawn, next = 0]() mutable -> std::optional<int> {
    if (next == count) return std::nullopt;
    ++drawn;
    return next++;
  };
}

void pause(int microseconds) {
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
}

TEST_CASE("results come in the order of the items, however long each takes") {
  for (const std::size_t threads : {1, 2, 7}) {
    for (const std::size_t items : {1, 3, 50}) {
      CAPTURE(threads);
      CAPTURE(items);
      std::atomic<int> drawn = 0;
      std::atomic<int> at_work = 0;
      std::atomic<int> most_at_work = 0;
      Stage stage(numbers(200, drawn),
                  [&](int item, const Stage::Reserve&) {
                    most_at_work = std::max<int>(most_at_work, ++at_work);
                    pause(std::minstd_rand(static_cast<unsigned>(item) + 1)() % 300);
                    --at_work;
                    return item * item;
                  },
                  {threads, items});
      for (int i = 0; i < 200; ++i) {
        const auto result = stage.next();
        REQUIRE(result);
        CHECK(*result == i * i);
        CHECK(drawn <= i + 1 + static_cast<int>(items));
      }
      CHECK(!stage.next());
      CHECK(!stage.next());
      CHECK(most_at_work <= static_cast<int>(std::min(threads, items)));
    }
  }
}

TEST_CASE("ready() tells whether the next result is available") {
  std::atomic<int> drawn = 0;
  std::atomic<bool> has_begun = false;
  std::atomic<bool> may_end = false;
  Stage stage(numbers(1, drawn),
              [&](int item, const Stage::Reserve&) {
                has_begun = true;
                while (!may_end) pause(100);
                return item;
              },
              {2, 2});
  while (!has_begun) pause(100);
  CHECK(!stage.ready());
  may_end = true;
  while (!stage.ready()) pause(100);
  CHECK(stage.next() == 0);
  while (!stage.ready()) pause(100);  // ready() is also true at the end
  CHECK(!stage.next());
}

TEST_CASE("threads work at the same time") {
  // Each item waits until both items have begun, which takes two threads.
  std::atomic<int> drawn = 0;
  std::atomic<int> begun = 0;
  Stage stage(numbers(2, drawn),
              [&](int item, const Stage::Reserve&) {
                ++begun;
                for (int i = 0; begun < 2 && i < 100'000; ++i) pause(100);
                return begun >= 2 ? item : -1;
              },
              {2, 2});
  CHECK(stage.next() == 0);
  CHECK(stage.next() == 1);
}

TEST_CASE("a stage runs no further ahead than its limits allow") {
  std::atomic<int> drawn = 0;
  SUBCASE("items") {
    Stage stage(numbers(1000, drawn), [](int item, const Stage::Reserve&) { return item; },
                {4, 10});
    for (int i = 0; i < 1000 && drawn < 10; ++i) pause(1000);
    pause(20'000);
    CHECK(drawn == 10);
    CHECK(stage.next() == 0);
  }
  SUBCASE("weight") {
    // Two items fit. The first is taken in any case, and the others wait in their work.
    std::atomic<int> at_rest = 0;
    Stage stage(numbers(1000, drawn),
                [&](int item, const Stage::Reserve& reserve) {
                  reserve(10);
                  ++at_rest;
                  return item;
                },
                {4, 100, 20});
    for (int i = 0; i < 1000 && at_rest < 2; ++i) pause(1000);
    pause(20'000);
    CHECK(at_rest == 2);
    for (int i = 0; i < 1000; ++i) CHECK(stage.next() == i);
    CHECK(!stage.next());
  }
}

TEST_CASE("the next item is granted any weight, and the others only what is free") {
  std::atomic<int> drawn = 0;
  std::atomic<std::size_t> held = 0;
  std::atomic<std::size_t> most = 0;
  Stage stage(numbers(300, drawn),
              [&](int item, const Stage::Reserve& reserve) {
                const auto weight = static_cast<std::size_t>(item % 7 == 0 ? 1000 : item % 40);
                reserve(weight);
                most = std::max<std::size_t>(most, held += weight);
                pause(20);
                if (item % 5 == 0) {  // a failure holds nothing
                  held -= weight;
                  reserve(0);
                  throw std::runtime_error("five");
                }
                return item;
              },
              {6, 20, 100});
  for (int i = 0; i < 300; ++i) {
    if (i % 5 == 0) {
      CHECK_THROWS_WITH(stage.next(), "five");
      continue;
    }
    // Until it is taken, a result counts.
    CHECK(stage.next() == i);
    held -= static_cast<std::size_t>(i % 7 == 0 ? 1000 : i % 40);
  }
  CHECK(!stage.next());
  CHECK(held == 0);
  CHECK(most <= 1000 + 100 + 1000);  // what was just taken is still in `held`
}

TEST_CASE("a stage whose items wait for weight can be destroyed") {
  std::atomic<int> drawn = 0;
  std::atomic<int> stopped = 0;
  std::atomic<bool> is_first_reserved = false;
  {
    Stage stage(numbers(1000, drawn),
                [&](int item, const Stage::Reserve& reserve) {
                  // The item that is taken next never waits. If it came second, two items would
                  // hold weight, and no fifth would be drawn.
                  while (item > 0 && !is_first_reserved) pause(100);
                  try {
                    reserve(10);
                    is_first_reserved = true;
                  } catch (const app::StageStopped&) {
                    ++stopped;
                    throw;
                  }
                  return item;
                },
                {4, 100, 15});
    while (drawn < 5) pause(100);
    pause(10'000);
  }
  CHECK(stopped == 4);
}

TEST_CASE("an exception is rethrown in place of the result") {
  std::atomic<int> drawn = 0;
  SUBCASE("from the work: later items still give results") {
    Stage stage(numbers(4, drawn),
                [](int item, const Stage::Reserve&) {
                  if (item == 2) throw std::runtime_error("two");
                  return item;
                },
                {3, 3});
    CHECK(stage.next() == 0);
    CHECK(stage.next() == 1);
    CHECK_THROWS_WITH(stage.next(), "two");
    CHECK(stage.next() == 3);
    CHECK(!stage.next());
  }
  SUBCASE("from the source: the results end there") {
    Stage stage(
        [next = 0]() mutable -> std::optional<int> {
          if (next == 2) throw std::runtime_error("no more");
          return next++;
        },
        [](int item, const Stage::Reserve&) {
          pause(1000);
          return item;
        },
        {3, 3});
    CHECK(stage.next() == 0);
    CHECK(stage.next() == 1);
    CHECK_THROWS_WITH(stage.next(), "no more");
    CHECK(!stage.next());
  }
}

TEST_CASE("a stage can be destroyed at any time") {
  for (int taken = 0; taken < 20; ++taken) {
    std::atomic<int> drawn = 0;
    Stage stage(numbers(1'000'000, drawn),
                [](int item, const Stage::Reserve&) {
                  pause(50);
                  return item;
                },
                {3, 5});
    for (int i = 0; i < taken; ++i) CHECK(stage.next() == i);
  }
}

}  // namespace
