#include <doctest/doctest.h>

#include "model/build_graph.h"
#include "passes/passes.h"
#include "plan/plan.h"
#include "support/expanded.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Random;

namespace {

graph::Graph graph_by_lines(std::int64_t height, std::int64_t width, std::int64_t channels) {
  test::Architecture a;
  a.grid_height = height;
  a.grid_width = width;
  a.stages = {{2, channels, 1, 2 * channels}};
  Random random;
  const auto checkpoint = test::synthetic_checkpoint(a, random);
  return test::expanded(model::build_graph(checkpoint, model::infer_config(checkpoint), 1),
                        {test::always(graph::SpectralForm::kLines)});
}

}  // namespace

TEST_CASE("lines: resources read through texel buffers stay within the device's limit") {
  constexpr std::int64_t kLanes = 8;
  constexpr std::int64_t kBatch = 2;
  // Two blocks of channels. The last one is a single vector; it lies in memory sized for the first.
  const graph::Graph graph = graph_by_lines(9, 20, 4 * kLanes + 4);
  kernels::DeviceFacts device;
  device.software = true;
  device.subgroup_size = kLanes;
  device.cache_bytes = 1;
  const char* variant = "_texels";
  SUBCASE("") {}
  SUBCASE("with lanes that share values") {
    device.int64 = true;
    device.subgroup_broadcast = true;
    device.subgroup_widths = {kLanes};
    variant = "_lanes";
  }
  constexpr std::uint64_t kBlockTexels = kBatch * 9 * 20 * kLanes;
  std::ptrdiff_t before = 1000;
  // Enough for all of x; for exactly one block; for one element less than a block.
  for (const std::uint64_t most : {2 * kBlockTexels, kBlockTexels, kBlockTexels - 1}) {
    CAPTURE(most);
    device.max_texel_elements = most;
    std::ptrdiff_t steps = 0;
    const plan::Plan plan = plan::make_plan(graph, kBatch, device);
    for (const plan::Step& step : plan.steps) {
      CAPTURE(step.name);
      const auto* const kernel = std::get_if<plan::KernelStep>(&step.work);
      if (kernel == nullptr || !kernel->kernel.starts_with("spectral_")) continue;
      if (!kernel->kernel.ends_with(variant)) continue;
      ++steps;
      // x, and the statistics or the filter: a texel view covers a whole resource.
      for (const std::size_t binding : {0, 2}) {
        const std::size_t resource = kernel->operands[binding].resource;
        CHECK(plan.resources[resource].bytes / 16 <= most);
      }
    }
    CHECK(steps < before);
    before = steps;
  }
  CHECK(before == 0);
}
