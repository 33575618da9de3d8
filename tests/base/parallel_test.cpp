#include "base/parallel.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "support/random.h"

using namespace gfnet;

TEST_CASE("every index runs exactly once") {
  for (const std::size_t count : {0u, 1u, 2u, 7u, 1000u}) {
    CAPTURE(count);
    std::vector<std::atomic<int>> runs(count);
    run_in_parallel(count, [&](std::size_t i) { ++runs[i]; });
    for (const std::atomic<int>& run : runs) CHECK(run == 1);
  }
}

TEST_CASE("all indices run and the error of the lowest index is thrown") {
  test::Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 20; ++round) {
    const auto first = static_cast<std::size_t>(random.integer(0, 30));
    std::atomic<int> runs{0};
    const auto run = [&](std::size_t i) {
      ++runs;
      if (i < first) return;
      if (i == first) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      throw std::runtime_error(std::to_string(i));
    };
    CHECK_THROWS_WITH_AS(run_in_parallel(40, run), std::to_string(first).c_str(),
                         std::runtime_error);
    CHECK(runs == 40);
  }
}

#ifdef __GLIBC__
TEST_CASE("every index runs if the system allows no more threads") {
  // A stack of this size cannot be reserved, so no thread can be started.
  pthread_attr_t usual{};
  REQUIRE(pthread_getattr_default_np(&usual) == 0);
  pthread_attr_t huge{};
  REQUIRE(pthread_attr_init(&huge) == 0);
  REQUIRE(pthread_attr_setstacksize(&huge, std::size_t{1} << 60) == 0);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);
  CHECK_THROWS_AS(std::thread([] {}).join(), std::system_error);
  std::atomic<int> runs{0};
  CHECK_NOTHROW(run_in_parallel(10, [&](std::size_t) { ++runs; }));
  CHECK(pthread_setattr_default_np(&usual) == 0);
  CHECK(runs == 10);
  std::thread([] {}).join();
}
#endif
