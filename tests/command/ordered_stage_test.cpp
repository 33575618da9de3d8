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
                  [&](int item) {
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
              [&](int item) {
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
              [&](int item) {
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
    Stage stage(numbers(1000, drawn), [](int item) { return item; }, {4, 10});
    for (int i = 0; i < 1000 && drawn < 10; ++i) pause(1000);
    pause(20'000);
    CHECK(drawn == 10);
    CHECK(stage.next() == 0);
  }
  SUBCASE("weight") {
    // Two finished items reach the limit; up to four that were begun before may exceed it.
    Stage stage(
        numbers(1000, drawn), [](int item) { return item; }, {4, 100, 20}, [](int) { return 10u; });
    for (int i = 0; i < 1000 && drawn < 2; ++i) pause(1000);
    pause(20'000);
    CHECK(drawn >= 2);
    CHECK(drawn <= 2 + 4);
    for (int i = 0; i < 1000; ++i) CHECK(stage.next() == i);
    CHECK(!stage.next());
  }
}

TEST_CASE("an exception is rethrown in place of the result") {
  std::atomic<int> drawn = 0;
  SUBCASE("from the work: later items still give results") {
    Stage stage(numbers(4, drawn),
                [](int item) {
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
        [](int item) {
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
                [](int item) {
                  pause(50);
                  return item;
                },
                {3, 5});
    for (int i = 0; i < taken; ++i) CHECK(stage.next() == i);
  }
}

}  // namespace
