// A network whose hidden layers exceed the device's largest buffer runs its products by rows. Its
// results have the same bits as without that limit.
#include <doctest/doctest.h>

#include <algorithm>

#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/skip.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::Random;

namespace {

void check_network(ContextFixture& fixture, bool half) {
  Random random;
  CAPTURE(random.seed());
  test::Architecture a;
  a.pyramid = true;
  a.layer_scale = true;
  a.grid_height = 10;
  a.grid_width = 6;
  a.stages = {{4, 10, 2, 101}, {2, 21, 1, 130}};
  const auto checkpoint = test::synthetic_checkpoint(a, random);
  const graph::Graph graph = test::expanded(
      model::build_graph(checkpoint, model::infer_config(checkpoint), 2),
      {test::default_forms(fixture.facts()), half ? DType::kF16 : DType::kF32, fixture.facts()});
  constexpr std::int64_t kBatch = 5;
  const auto images = random.normal(kBatch * 3 * 40 * 24);

  const plan::Plan plan = plan::make_plan(graph, kBatch, fixture.facts());
  const auto whole = fixture.run(graph, kBatch, images);
  fixture.facts().max_buffer_bytes = 0;
  for (const plan::Resource& resource : plan.resources) {
    if (resource.name.ends_with(".fc1")) continue;
    fixture.facts().max_buffer_bytes = std::max(fixture.facts().max_buffer_bytes, resource.bytes);
  }
  CHECK(plan::make_plan(graph, kBatch, fixture.facts()).steps.size() > plan.steps.size());
  CHECK(fixture.run(graph, kBatch, images) == whole);
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "by rows: a network gives the same bits") {
  check_network(*this, false);
}

TEST_CASE_FIXTURE(ContextFixture, "by rows: a network gives the same bits in half precision") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  check_network(*this, true);
}
