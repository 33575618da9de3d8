#include "runtime/slices.h"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;
using Ends = std::vector<std::size_t>;

TEST_CASE("group_steps: neighbours share a slice up to the limit") {
  CHECK(runtime::group_steps({}, 1.0) == Ends{});
  CHECK(runtime::group_steps(std::vector{0.5}, 1.0) == Ends{1});
  CHECK(runtime::group_steps(std::vector{0.5, 0.5, 0.5}, 1.0) == Ends{2, 3});
  // A step longer than the limit is alone at any position.
  CHECK(runtime::group_steps(std::vector{9.0, 0.25, 0.25}, 1.0) == Ends{1, 3});
  CHECK(runtime::group_steps(std::vector{0.25, 9.0, 0.25}, 1.0) == Ends{1, 2, 3});
  CHECK(runtime::group_steps(std::vector{0.25, 0.25, 9.0}, 1.0) == Ends{2, 3});
  CHECK(runtime::group_steps(std::vector{9.0, 9.0}, 1.0) == Ends{1, 2});
}

TEST_CASE("short_slices: by the estimated time of each step") {
  kernels::DeviceFacts facts;
  facts.slowest_flops = 100;
  plan::Plan plan;
  for (const double seconds : {0.25, 0.25, 0.125, 2.0, 0.125}) {
    plan.steps.emplace_back().flops = seconds * facts.slowest_flops;
  }
  CHECK(runtime::short_slices(plan, facts) == Ends{2, 3, 4, 5});
}

TEST_CASE("group_steps: every step once and in order, slices as long as the limit allows") {
  Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 200; ++round) {
    std::vector<double> seconds(static_cast<std::size_t>(random.integer(1, 60)));
    for (double& each : seconds) each = static_cast<double>(random.integer(0, 1500)) / 1000;
    const double limit = 1.0;
    const Ends ends = runtime::group_steps(seconds, limit);
    REQUIRE(!ends.empty());
    CHECK(ends.back() == seconds.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      REQUIRE(end > begin);
      const auto sum = [&](std::size_t to) {
        return std::accumulate(seconds.begin() + static_cast<std::ptrdiff_t>(begin),
                               seconds.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
      };
      CHECK((end == begin + 1 || sum(end) <= limit));
      if (end < seconds.size()) CHECK(sum(end + 1) > limit);
      begin = end;
    }
  }
}

TEST_CASE("single_steps: one slice for each step") {
  plan::Plan plan;
  CHECK(runtime::single_steps(plan) == Ends{});
  plan.steps.resize(3);
  CHECK(runtime::single_steps(plan) == Ends{1, 2, 3});
}
