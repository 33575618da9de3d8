#include "plan/estimate.h"

#include <doctest/doctest.h>

#include "model/build_graph.h"
#include "support/device_facts.h"
#include "support/expanded.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

plan::Step step_of(double flops, double bytes) {
  plan::Step step;
  step.flops = flops;
  step.bytes = bytes;
  return step;
}

}  // namespace

TEST_CASE("a step takes as long as its operations or its bytes, whichever is longer") {
  kernels::DeviceFacts facts;
  facts.slowest_flops = 100;
  facts.slowest_bandwidth = 10;
  CHECK(plan::estimated_seconds(step_of(50, 1), facts) == 0.5);
  CHECK(plan::estimated_seconds(step_of(50, 20), facts) == 2.0);
}

TEST_CASE("steps are short up to a batch size that depends on the device's rates") {
  Random random;
  const auto checkpoint = test::synthetic_checkpoint({}, random);
  kernels::DeviceFacts facts = test::gpu_facts();
  const graph::Graph graph =
      test::expanded(model::build_graph(checkpoint, model::infer_config(checkpoint), 2),
                     {test::default_forms(facts), DType::kF32, facts});
  const auto longest = [&](std::int64_t batch) {
    double most = 0;
    for (const plan::Step& step : plan::make_plan(graph, batch, facts).steps) {
      most = std::max(most, plan::estimated_seconds(step, facts));
    }
    return most;
  };
  // A device on which the longest step of 8 images takes just the limit.
  const double slower = plan::kMostSubmissionSeconds / longest(8);
  facts.slowest_flops /= slower * 0.999;
  facts.slowest_bandwidth /= slower * 0.999;
  CHECK(longest(8) <= plan::kMostSubmissionSeconds);
  CHECK(plan::has_short_steps(plan::make_plan(graph, 8, facts), facts));
  CHECK_FALSE(plan::has_short_steps(plan::make_plan(graph, 16, facts), facts));
}
