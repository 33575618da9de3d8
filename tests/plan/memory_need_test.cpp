#include "plan/memory_need.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kernels/line_split.h"
#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "support/expanded.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;

namespace {

struct Named {
  std::string name;
  Architecture architecture;
};

/// The paper's widths and grids, with two blocks a stage for speed: a block's working set does not
/// depend on the depth.
Architecture published(std::int64_t image, const std::vector<std::int64_t>& channels) {
  Architecture a;
  a.pyramid = channels.size() > 1;
  a.layer_scale = a.pyramid;
  a.classes = 1000;
  const std::int64_t patch = a.pyramid ? 4 : 16;
  a.grid_height = a.grid_width = image / patch;
  a.stages.clear();
  for (const std::int64_t c : channels) {
    a.stages.push_back({a.stages.empty() ? patch : 2, c, 2, 4 * c});
  }
  return a;
}

std::vector<Named> published_architectures() {
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> widths{
      {"ti", {256}},
      {"xs and s", {384}},
      {"b", {512}},
      {"h-ti", {64, 128, 256, 512}},
      {"h-s and h-b", {96, 192, 384, 768}}};
  std::vector<Named> all;
  for (const std::int64_t image : {224, 384}) {
    for (const auto& [name, channels] : widths) {
      all.push_back({name + " at " + std::to_string(image), published(image, channels)});
    }
  }
  return all;
}

/// Grids with tails, one input channel, one logit, inputs larger than a block's working set.
std::vector<Named> odd_architectures() {
  std::vector<Named> all;
  Architecture a;
  a.input_channels = 1;
  a.classes = 1;
  a.grid_height = a.grid_width = 15;
  a.stages = {{16, 130, 2, 391}};
  all.push_back({"15×15 grey", a});
  a.grid_height = 33;
  a.grid_width = 16;
  all.push_back({"33×16 grey", a});
  a = {};
  a.grid_height = 7;
  a.grid_width = 40;
  a.stages = {{4, 37, 3, 50}};
  all.push_back({"7×40", a});
  a.grid_height = a.grid_width = 1;
  all.push_back({"one token", a});
  a = {};
  a.grid_height = a.grid_width = 24;
  a.stages = {{16, 32, 2, 64}};
  all.push_back({"patches of 16 wider than a block", a});
  a.grid_height = 9;
  a.stages = {{11, 5, 1, 7}};
  all.push_back({"odd patches much wider than a block", a});
  a = {};
  a.pyramid = true;
  a.grid_height = 24;
  a.grid_width = 36;
  a.stages = {{4, 30, 1, 90}, {2, 61, 2, 122}, {2, 9, 1, 18}};
  a.classes = 21841;
  all.push_back({"pyramid that narrows, 21841 classes", a});
  return all;
}

using graph::SpectralForm;

bool fits(SpectralForm form, const graph::Extent& grid, const kernels::DeviceFacts& device) {
  switch (form) {
    case SpectralForm::kFused:
      return kernels::fused_fits(grid, device);
    case SpectralForm::kLines:
      return kernels::lines_fit(grid);
    case SpectralForm::kVkfft:
      break;
  }
  return true;
}

/// Expands a graph after passes::fold. Each layer takes the form `wanted` if it fits, else VkFFT's.
graph::Graph expanded(const graph::Graph& folded, SpectralForm wanted, bool half,
                      const kernels::DeviceFacts& device) {
  const test::Choosing how{[&](const kernels::SpectralLayer& layer) {
                             return fits(wanted, layer.grid, device) ? wanted
                                                                     : SpectralForm::kVkfft;
                           },
                           half ? DType::kF16 : DType::kF32, device};
  return passes::expand(test::with_algorithms(folded, how), how.storage);
}

graph::Graph folded(const Architecture& architecture) {
  Random random;
  const auto checkpoint = test::synthetic_checkpoint(architecture, random);
  return passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 5));
}

graph::Graph graph_of(const Architecture& architecture, SpectralForm wanted,
                      const kernels::DeviceFacts& device) {
  return expanded(folded(architecture), wanted, false, device);
}

std::vector<kernels::DeviceFacts> devices() {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.max_buffer_bytes = gpu.max_allocation_bytes = std::uint64_t{2} << 30;
  gpu.half_storage = true;
  kernels::DeviceFacts software = gpu;
  software.software = true;
  software.subgroup_size = 8;
  software.subgroup_widths = {8};
  software.subgroup_broadcast = true;
  software.max_texel_elements = 1u << 27;
  software.cache_bytes = 16u << 20;
  return {gpu, software};
}

/// MemoryNeed::block_bytes, counted independently: each tensor is added to every step of its life.
std::uint64_t largest_block_bytes(const plan::Plan& plan) {
  std::vector<std::uint64_t> live(plan.steps.size());
  for (const plan::Resource& resource : plan.resources) {
    if (resource.kind != plan::Resource::Kind::kArena) continue;
    const auto last = std::min(resource.last_step, static_cast<int>(plan.steps.size()) - 1);
    for (int step = std::max(resource.first_step, 0); step <= last; ++step) {
      live[static_cast<std::size_t>(step)] += static_cast<std::uint64_t>(kernels::round_up(
          static_cast<std::int64_t>(resource.bytes), static_cast<std::int64_t>(plan.alignment)));
    }
  }
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (plan.steps[i].name.rfind("blocks.", 0) == 0) largest = std::max(largest, live[i]);
  }
  return largest;
}

void check_need(const plan::Plan& plan) {
  const plan::MemoryNeed need = plan::memory_need(plan);
  CHECK(need.weights_bytes == plan.constant_bytes);
  CHECK(need.arena_bytes == plan.arena_bytes);
  CHECK(need.input_bytes >= plan.resources[plan.input].bytes);
  CHECK(need.input_bytes < plan.resources[plan.input].bytes + plan.alignment);
  CHECK(need.block_bytes == largest_block_bytes(plan));
  CHECK(need.block_bytes > 0);
  CHECK(need.bound_bytes() == need.weights_bytes + need.input_bytes + need.block_bytes * 3 / 2);
  CHECK(need.planned_bytes() <= need.bound_bytes());
}

/// The device with its buffer limit lowered to the largest resource that is not fc1's output.
kernels::DeviceFacts with_small_buffers(kernels::DeviceFacts device, const plan::Plan& plan) {
  device.max_buffer_bytes = 0;
  for (const plan::Resource& resource : plan.resources) {
    if (resource.name.ends_with(".fc1")) continue;
    device.max_buffer_bytes = std::max(device.max_buffer_bytes, resource.bytes);
  }
  return device;
}

void check_bound(const std::vector<Named>& architectures) {
  std::size_t by_rows = 0;
  for (const Named& named : architectures) {
    CAPTURE(named.name);
    const graph::Graph folded = ::folded(named.architecture);
    for (const kernels::DeviceFacts& device : devices()) {
      CAPTURE(device.software);
      for (const auto path : {SpectralForm::kFused, SpectralForm::kVkfft, SpectralForm::kLines}) {
        CAPTURE(name_of(path));
        for (const bool half : {false, true}) {
          CAPTURE(half);
          const graph::Graph graph = expanded(folded, path, half, device);
          for (const std::int64_t batch : {1, 8}) {
            CAPTURE(batch);
            const plan::Plan plan = plan::make_plan(graph, batch, device);
            check_need(plan);
            const plan::Plan cut = plan::make_plan(graph, batch, with_small_buffers(device, plan));
            check_need(cut);
            by_rows += cut.steps.size() > plan.steps.size();
          }
        }
      }
    }
  }
  CHECK(by_rows > 0);
}

}  // namespace

TEST_CASE("published architectures stay within the bound on memory") {
  check_bound(published_architectures());
}

TEST_CASE("odd architectures stay within the bound on memory") { check_bound(odd_architectures()); }

TEST_CASE("a block's working set includes the waiting residual") {
  Architecture a;
  a.grid_height = a.grid_width = 8;
  a.stages = {{4, 32, 2, 128}};
  const kernels::DeviceFacts device = devices().front();
  const plan::Plan plan =
      plan::make_plan(graph_of(a, graph::SpectralForm::kFused, device), 3, device);
  const plan::MemoryNeed need = plan::memory_need(plan);
  // While fc1 runs: x, the normalised output of the filter, and fc1's output.
  CHECK(need.block_step == "blocks.0.mlp.fc1");
  CHECK(need.block_bytes == 3u * 64 * (32 + 32 + 128) * sizeof(float));
}

TEST_CASE("a plan states its memory and the bound in text and JSON") {
  const kernels::DeviceFacts device = devices().front();
  const plan::Plan plan =
      plan::make_plan(graph_of({}, graph::SpectralForm::kFused, device), 2, device);
  const plan::MemoryNeed need = plan::memory_need(plan);
  const auto json = nlohmann::json::parse(plan::to_json(plan))["memory"];
  CHECK(json["weights_bytes"] == need.weights_bytes);
  CHECK(json["input_bytes"] == need.input_bytes);
  CHECK(json["arena_bytes"] == need.arena_bytes);
  CHECK(json["block_bytes"] == need.block_bytes);
  CHECK(json["block_step"] == need.block_step);
  CHECK(json["planned_bytes"] == need.planned_bytes());
  CHECK(json["bound_bytes"] == need.bound_bytes());
  CHECK(plan::to_text(plan).find("at " + need.block_step) != std::string::npos);
}
