#include "plan/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "plan/linear_kernels.h"
#include "plan/spectral_layer.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;

namespace {

graph::Graph example_graph(const passes::Options& options = {}) {
  Architecture a;
  a.pyramid = true;
  a.layer_scale = true;
  a.grid_height = a.grid_width = 8;
  a.stages = {{2, 6, 2, 24}, {2, 9, 3, 18}};
  Random random;
  const auto checkpoint = test::synthetic_checkpoint(a, random);
  return passes::optimize(model::build_graph(checkpoint, model::infer_config(checkpoint), 2),
                          options);
}

graph::Graph fused_graph() {
  return example_graph(
      {[](const graph::Extent&, std::int64_t) { return passes::SpectralPath::kFused; }});
}

std::vector<std::size_t> touched(const plan::Step& step) {
  if (const auto* fft = std::get_if<plan::FftStep>(&step.work)) return {fft->planes, fft->spectrum};
  std::vector<std::size_t> resources;
  for (const auto& operand : std::get<plan::KernelStep>(step.work).operands) {
    resources.push_back(operand.resource);
  }
  return resources;
}

bool is_arena(const plan::Resource& r) { return r.kind == plan::Resource::Kind::kArena; }

void check_lifetimes(const plan::Plan& plan) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (std::size_t resource : touched(plan.steps[i])) {
      const plan::Resource& r = plan.resources[resource];
      if (!is_arena(r)) continue;
      CAPTURE(plan.steps[i].name);
      CAPTURE(r.name);
      CHECK(r.first_step <= static_cast<int>(i));
      CHECK(r.last_step >= static_cast<int>(i));
    }
  }
  CHECK(plan.resources[plan.input].first_step == -1);
  for (const plan::Output& output : plan.outputs) {
    CHECK(plan.resources[output.resource].last_step == static_cast<int>(plan.steps.size()));
  }
}

}  // namespace

TEST_CASE("in a plan no two tensors that are alive at once share memory") {
  const graph::Graph graph = example_graph();
  for (const std::int64_t batch : {1, 3, 8}) {
    const plan::Plan plan = plan::make_plan(graph, batch, {});
    for (const plan::Resource& a : plan.resources) {
      if (!is_arena(a)) continue;
      CHECK(a.offset + a.bytes <= plan.arena_bytes);
      for (const plan::Resource& b : plan.resources) {
        if (&a == &b || !is_arena(b)) continue;
        const bool alive_together = a.first_step <= b.last_step && b.first_step <= a.last_step;
        const bool overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        CHECK_FALSE((alive_together && overlap));
      }
    }
  }
}

TEST_CASE("every step touches only what is alive") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    check_lifetimes(plan::make_plan(graph, 2, {}));
  }
}

TEST_CASE("a block's memory is reused by the next block, and its FFT buffers stay in place") {
  const plan::Plan plan = plan::make_plan(example_graph(), 2, {});
  std::map<std::int64_t, std::set<std::pair<std::uint64_t, std::uint64_t>>> places;
  for (const plan::Step& step : plan.steps) {
    if (const auto* fft = std::get_if<plan::FftStep>(&step.work)) {
      places[fft->grid.height].insert(
          {plan.resources[fft->planes].offset, plan.resources[fft->spectrum].offset});
    }
  }
  REQUIRE(places.size() == 2);
  // One VkFFT plan serves all blocks of a stage, forward and inverse, if their buffers coincide.
  for (const auto& [grid, buffers] : places) CHECK(buffers.size() <= 2);
}

TEST_CASE("the weights' bytes do not depend on the batch, the arena's grow with it") {
  const graph::Graph graph = example_graph();
  const plan::Plan one = plan::make_plan(graph, 1, {});
  const plan::Plan four = plan::make_plan(graph, 4, {});
  CHECK(one.constant_bytes == four.constant_bytes);
  CHECK(four.arena_bytes > 3 * one.arena_bytes);
  CHECK(four.arena_bytes < 5 * one.arena_bytes + (64u << 10));
}

TEST_CASE("a batch that the device cannot bind is refused with advice") {
  plan::DeviceFacts small;
  small.name = "a small device";
  small.max_buffer_bytes = 1000;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, small),
                       doctest::Contains("try smaller images on a small device"), TooLargeError);
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 2, small),
                       doctest::Contains("try a smaller batch on a small device"), TooLargeError);
  plan::DeviceFacts little_memory;
  little_memory.max_allocation_bytes = 4096;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, little_memory),
                       doctest::Contains("the arena"), TooLargeError);
}

TEST_CASE("batches beyond every size are refused, not truncated to 32 bits") {
  const graph::Graph graph = example_graph();
  for (const std::int64_t batch : {std::int64_t{0}, std::int64_t{-1}}) {
    CHECK_THROWS_AS(plan::make_plan(graph, batch, {}), Error);
  }
  plan::DeviceFacts unlimited;
  unlimited.max_buffer_bytes = unlimited.max_allocation_bytes = ~std::uint64_t{0};
  for (int bits = 20; bits < 63; ++bits) {
    CAPTURE(bits);
    CHECK_THROWS_AS(plan::make_plan(graph, std::int64_t{1} << bits, unlimited), TooLargeError);
  }
}

TEST_CASE("workgroups stay within what every device allows") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    for (const bool software : {false, true}) {
      plan::DeviceFacts facts;
      facts.software = software;
      for (const plan::Step& step : plan::make_plan(graph, 4, facts).steps) {
        const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
        if (kernel == nullptr) continue;
        CHECK(kernel->workgroup[0] * kernel->workgroup[1] * kernel->workgroup[2] <= 128);
      }
    }
  }
}

TEST_CASE("a grid runs in one kernel if the device can hold it") {
  plan::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  plan::DeviceFacts least;  // what every Vulkan device allows
  plan::DeviceFacts lavapipe;
  lavapipe.software = true;
  lavapipe.subgroup_size = 8;
  lavapipe.max_shared_memory = 32u << 10;
  lavapipe.max_texel_elements = 1u << 27;
  for (const auto& device : {gpu, least, lavapipe}) {
    CHECK(plan::fused_fits({14, 14}, device));
    CHECK(plan::fused_fits({1, 1}, device));
    CHECK(plan::fused_fits({28, 28}, device));
    CHECK_FALSE(plan::fused_fits({56, 56}, device));
    CHECK_FALSE(plan::fused_fits({101, 1}, device));
  }
  plan::DeviceFacts tiny;
  tiny.max_shared_memory = 1024;
  CHECK_FALSE(plan::fused_fits({14, 14}, tiny));
  CHECK(plan::default_spectral_path({14, 14}, gpu) == passes::SpectralPath::kFused);
  CHECK(plan::default_spectral_path({56, 56}, gpu) == passes::SpectralPath::kVkfft);
  CHECK(plan::default_spectral_path({56, 56}, lavapipe) == passes::SpectralPath::kLines);
  CHECK(plan::default_spectral_path({56, 34}, lavapipe) == passes::SpectralPath::kVkfft);
}

TEST_CASE("the spectral kernel keeps to the device's limits, and splits lines into divisors") {
  for (const bool software : {false, true}) {
    for (const std::uint32_t shared : {16u << 10, 32u << 10, 48u << 10}) {
      for (const std::uint32_t invocations : {128u, 256u, 1024u}) {
        plan::DeviceFacts device;
        device.software = software;
        device.max_shared_memory = shared;
        device.max_workgroup_invocations = invocations;
        for (std::int64_t height = 1; height <= 34; ++height) {
          for (const std::int64_t width : {1, 2, 7, 14, 15, 28, 31, 32}) {
            std::set<std::string> names;
            for (const auto& kernel : plan::spectral_kernels({height, width}, 64, 1000, device)) {
              CAPTURE(height);
              CAPTURE(width);
              CAPTURE(kernel.name);
              CHECK(names.insert(kernel.name).second);
              CHECK(kernel.channels * kernel.lines <= invocations);
              CHECK(kernel.channels >= 4);
              CHECK(height % kernel.height_factor == 0);
              CHECK(width % kernel.width_factor == 0);
              if (kernel.shader == "spectral_filter_private") continue;
              CHECK(height * graph::spectrum_width(width) * 8 * kernel.channels <= shared);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("a grid that does not fit is refused by the lowering, not run wrongly") {
  plan::DeviceFacts tiny;
  tiny.max_shared_memory = 256;
  CHECK_THROWS_WITH_AS(plan::make_plan(fused_graph(), 1, tiny), doctest::Contains("8×8 tokens"),
                       UnsupportedError);
}

TEST_CASE("both spectral paths count the same transforms, and one kernel moves fewer bytes") {
  const auto spectral = [](const plan::Plan& plan, auto field) {
    double sum = 0;
    for (const plan::Step& step : plan.steps) {
      if (step.name.find("mlp") == std::string::npos) sum += step.*field;
    }
    return sum;
  };
  const plan::Plan vkfft = plan::make_plan(example_graph(), 2, {});
  const plan::Plan fused = plan::make_plan(fused_graph(), 2, {});
  CHECK(spectral(fused, &plan::Step::flops) ==
        doctest::Approx(spectral(vkfft, &plan::Step::flops)).epsilon(0.2));
  CHECK(spectral(fused, &plan::Step::bytes) < 0.8 * spectral(vkfft, &plan::Step::bytes));
}

TEST_CASE("operations that the passes replace have no plan") {
  Random random;
  const auto checkpoint = test::synthetic_checkpoint({}, random);
  const auto graph = model::build_graph(checkpoint, model::infer_config(checkpoint), 1);
  CHECK_THROWS_WITH_AS(plan::make_plan(graph, 1, {}), doctest::Contains("run the passes first"),
                       Error);
}

TEST_CASE("every step of a spectral layer tells its path, and among what it was chosen") {
  const plan::SpectralLayer layer{{8, 8}, 6, 2};
  CHECK(layer.name() == "spectral 8×8×6 of 2");
  CHECK(plan::SpectralLayer{{8, 8}, 6, 5}.name() == "spectral 8×8×6 of 8");
  const auto candidates = plan::spectral_candidates(layer, {});
  REQUIRE(candidates.size() > 2);
  CHECK(candidates.front().path == passes::SpectralPath::kFused);
  CHECK(candidates.back().name == "vkfft");
  const std::vector<const char*> on_vkfft{"norm1", "rfft2", "multiply", "irfft2", "norm2"};
  const std::vector<const char*> on_fused{"norm1", "filter", "norm2"};
  for (const bool fused : {false, true}) {
    const plan::Plan plan = plan::make_plan(fused ? fused_graph() : example_graph(), 2, {});
    std::size_t steps = 0;
    for (const plan::Step& step : plan.steps) {
      if (!step.decision || step.decision->problem != layer.name()) continue;
      const auto& names = fused ? on_fused : on_vkfft;
      CHECK(step.name.ends_with(names[steps++ % names.size()]));
      CHECK(step.decision->candidates.size() == candidates.size());
      const auto& chosen = candidates[step.decision->chosen];
      CHECK(chosen.path == (fused ? passes::SpectralPath::kFused : passes::SpectralPath::kVkfft));
      CHECK(plan::to_text(plan).find(layer.name() + "  ") != std::string::npos);
    }
    CHECK(steps == 2 * (fused ? on_fused : on_vkfft).size());  // of two blocks
  }
}

TEST_CASE(
    "a kernel for the spectral layer is taken as choices say, a path only as the graph says") {
  const graph::Graph graph = fused_graph();
  const plan::SpectralLayer layer{{8, 8}, 6, 2};
  const auto candidates = plan::spectral_candidates(layer, {});
  const auto chosen_of = [&](const std::string& choice) {
    plan::Choices choices;
    choices.set(layer.name(), choice);
    for (const plan::Step& step : plan::make_plan(graph, 2, {}, choices).steps) {
      const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
      if (kernel == nullptr || kernel->kernel != "spectral_filter") continue;
      const plan::SpectralKernel& chosen = candidates[step.decision->chosen].kernel;
      CHECK(kernel->specialization == std::vector<std::uint32_t>{chosen.channels * chosen.lines,
                                                                 chosen.channels, chosen.lines, 8,
                                                                 8, chosen.height_factor,
                                                                 chosen.width_factor});
      return step.decision->candidates[step.decision->chosen];
    }
    return std::string("nothing");
  };
  for (const auto& candidate : candidates) {
    if (candidate.name != "vkfft") CHECK(chosen_of(candidate.name) == candidate.name);
  }
  CHECK(chosen_of("vkfft") == candidates.front().name);
  CHECK(chosen_of("a kernel of long ago") == candidates.front().name);
}

TEST_CASE("the path that was found fastest is taken, the rule's where none was") {
  const plan::SpectralLayer small{{14, 14}, 384, 8}, large{{56, 56}, 64, 8};
  plan::Choices choices;
  const auto path = [&](const plan::SpectralLayer& layer) {
    return plan::spectral_path(layer, {}, choices);
  };
  using passes::SpectralPath;
  CHECK(path(small) == SpectralPath::kFused);
  choices.set(small.name(), "vkfft");
  CHECK(path(small) == SpectralPath::kVkfft);
  CHECK(path({{14, 14}, 384, 7}) == SpectralPath::kVkfft);
  CHECK(path({{14, 14}, 384, 9}) == SpectralPath::kFused);
  CHECK(path({{14, 14}, 383, 8}) == SpectralPath::kFused);
  choices.set(small.name(), "a path of long ago");
  CHECK(path(small) == SpectralPath::kFused);
  choices.set(large.name(), "spectral_filter 16×8");  // which does not fit
  CHECK(path(large) == SpectralPath::kVkfft);

  // The rule does not depend on the batch, whatever kernels a small one could have.
  plan::DeviceFacts few_texels;
  few_texels.software = true;
  const plan::SpectralLayer one{{28, 28}, 8, 1}, many{{28, 28}, 8, 64};
  CHECK(plan::spectral_path(one, few_texels, {}) == plan::spectral_path(many, few_texels, {}));
}

namespace {

template <typename Element>
std::vector<Element> elements_of(const std::vector<std::byte>& bytes) {
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  std::memcpy(elements.data(), bytes.data(), bytes.size());
  return elements;
}

}  // namespace

TEST_CASE("packing puts zeros to the right of and below a matrix") {
  CHECK(elements_of<float>(plan::pack({1, 2, 3, 4, 5, 6}, {2, 3, 3, 4})) ==
        std::vector<float>{1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0});
}

TEST_CASE("packing cuts a matrix into blocks of columns") {
  CHECK(elements_of<float>(plan::pack({1, 2, 3, 4, 5, 6}, {2, 3, 3, 4, 2})) ==
        std::vector<float>{1, 2, 4, 5, 0, 0, 3, 0, 6, 0, 0, 0});
}

TEST_CASE("packing rounds to halves") {
  CHECK(elements_of<std::uint16_t>(plan::pack({1, -2, 1e9f}, {1, 3, 1, 4, 0, DType::kF16})) ==
        std::vector<std::uint16_t>{0x3c00, 0xc000, 0x7c00, 0});
}

TEST_CASE("a plan prints as a table and as JSON") {
  const plan::Plan plan = plan::make_plan(example_graph(), 2, {});
  const std::string text = plan::to_text(plan);
  CHECK(text.find("VkFFT rfft2") != std::string::npos);
  CHECK(text.find("MiB") != std::string::npos);
  const auto json = nlohmann::json::parse(plan::to_json(plan));
  CHECK(json["steps"].size() == plan.steps.size());
  CHECK(json["resources"].size() == plan.resources.size());
  CHECK(json["arena_bytes"] == plan.arena_bytes);
}

TEST_CASE("choices are kept as text, and nothing else is taken for them") {
  plan::Choices choices;
  choices.set("linear 256×12×8 gelu", "linear_broadcast 8 rows");
  choices.set("a", "b");
  const auto again = plan::Choices::from_text(choices.to_text());
  REQUIRE(again);
  CHECK(again->to_text() == choices.to_text());
  CHECK(*again->find("a") == "b");
  CHECK(again->find("c") == nullptr);
  CHECK(plan::Choices::from_text("")->empty());
  CHECK_FALSE(plan::Choices::from_text("no tab\n"));
  CHECK_FALSE(plan::Choices::from_text("cut\tsho"));
}

TEST_CASE(
    "a plan takes the kernel that is known to be fastest, and the rule's if that is unknown") {
  plan::DeviceFacts device;
  device.software = true;
  device.subgroup_size = 8;
  device.subgroup_broadcast = true;
  const graph::Graph graph = example_graph();
  const plan::Plan by_rule = plan::make_plan(graph, 2, device);
  plan::Choices choices;
  std::size_t decisions = 0;
  for (const plan::Step& step : by_rule.steps) {
    if (!step.decision || !step.decision->problem.starts_with("linear")) continue;
    ++decisions;
    CHECK(step.decision->chosen == 0);
    REQUIRE(step.decision->candidates.size() > 1);
    choices.set(step.decision->problem, step.decision->candidates.back());
  }
  REQUIRE(decisions > 0);
  for (const plan::Step& step : plan::make_plan(graph, 2, device, choices).steps) {
    if (!step.decision || !step.decision->problem.starts_with("linear")) continue;
    CHECK(step.decision->chosen + 1 == step.decision->candidates.size());
    CHECK(std::get<plan::KernelStep>(step.work).kernel == "linear");
  }
  for (const plan::Step& step : by_rule.steps) {
    if (step.decision) choices.set(step.decision->problem, "a kernel of long ago");
  }
  CHECK(plan::to_json(plan::make_plan(graph, 2, device, choices)) == plan::to_json(by_rule));
}

TEST_CASE(
    "a GPU's products run in tiles that fit it, and large ones where there is work for many") {
  plan::DeviceFacts least;  // what every Vulkan device allows
  plan::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  plan::DeviceFacts none;
  none.max_shared_memory = 1024;
  std::int64_t tile_before = 0;
  for (const std::int64_t rows : {1, 20, 196, 6272, 100'000}) {
    CAPTURE(rows);
    const plan::LinearProblem problem{rows, 384, 1536, true, false};
    for (const auto& device : {least, gpu}) {
      std::set<std::string> names;
      for (const plan::LinearKernel& kernel : plan::linear_kernels(problem, device)) {
        CAPTURE(kernel.name);
        CHECK(names.insert(kernel.name).second);
        CHECK(kernel.workgroup[0] * kernel.workgroup[1] <= device.max_workgroup_invocations);
      }
      const auto tiled = [](const std::string& name) { return name.starts_with("linear_tiled"); };
      CHECK(std::ranges::count_if(names, tiled) > 0);
      CHECK(tiled(*names.begin()) == false);  // what needs no shared memory is offered as well
    }
    const plan::LinearKernel first = plan::linear_kernels(problem, gpu).front();
    if (rows < 16) {
      CHECK(first.shader == "linear");
      continue;
    }
    CHECK(first.shader == "linear_tiled");
    CHECK(first.tile_rows * first.tile_columns >= tile_before);
    tile_before = first.tile_rows * first.tile_columns;
    for (const plan::LinearKernel& kernel : plan::linear_kernels(problem, none)) {
      CHECK(kernel.shader == "linear");
    }
  }
  CHECK(tile_before == 128 * 128);
}

namespace {

plan::DeviceFacts gpu_with_halves() {
  plan::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.half_storage = true;
  gpu.half_arithmetic = true;
  gpu.matrix_shapes = {{16, 8, 8}, {16, 16, 16}, {64, 4, 64}};
  gpu.subgroup_widths = {32, 64};
  return gpu;
}

std::set<std::string> shaders_of(const plan::Plan& plan) {
  std::set<std::string> shaders;
  for (const plan::Step& step : plan.steps) shaders.insert(plan::kernel_of(step));
  return shaders;
}

}  // namespace

TEST_CASE("products of halves run in one arithmetic, whatever the rows: the best of the device") {
  plan::DeviceFacts matrix = gpu_with_halves();
  plan::DeviceFacts packed = matrix;
  packed.matrix_shapes.clear();
  plan::DeviceFacts storage = packed;
  storage.half_arithmetic = false;
  plan::DeviceFacts software = packed;
  software.software = true;
  using plan::Arithmetic;
  for (const auto& [device, arithmetic] :
       {std::pair{matrix, Arithmetic::kMatrix}, std::pair{packed, Arithmetic::kHalf},
        std::pair{storage, Arithmetic::kFloat}, std::pair{software, Arithmetic::kFloat}}) {
    for (const std::int64_t rows : {1, 20, 196, 6272}) {
      for (const DType out : {DType::kF16, DType::kF32}) {
        const plan::LinearProblem problem{rows, 384, 1536, true, false, DType::kF16, out};
        const auto kernels = plan::linear_kernels(problem, device);
        REQUIRE(!kernels.empty());
        std::set<std::string> names;
        for (const plan::LinearKernel& kernel : kernels) {
          CAPTURE(kernel.name);
          CHECK(names.insert(kernel.name).second);
          CHECK(kernel.arithmetic == arithmetic);
          CHECK(kernel.workgroup[0] * kernel.workgroup[1] <= device.max_workgroup_invocations);
          CHECK(kernel.shader.ends_with("_f16_f32") ==
                (out == DType::kF32 && kernel.shader != "linear_broadcast"));
          if (arithmetic != Arithmetic::kMatrix) continue;
          // The largest shape that the shader can use, in the width that it asks for.
          CHECK(std::vector(kernel.tile.begin(), kernel.tile.begin() + 3) ==
                std::vector<std::uint32_t>{16, 16, 16});
          CHECK(kernel.workgroup[0] == 32);
          CHECK(kernel.name.ends_with("transposed") == (kernel.block_columns == 1));
        }
      }
    }
  }
  // Ten classes are no whole vector of eight halves.
  for (const auto& kernel :
       plan::linear_kernels({64, 384, 10, false, false, DType::kF16, DType::kF32}, matrix)) {
    CHECK(kernel.arithmetic == Arithmetic::kHalf);
  }
}

TEST_CASE("a plan in half precision takes the variants for it, and half of the weights' memory") {
  passes::Options options;
  options.spectral_path = [](const graph::Extent&, std::int64_t) {
    return passes::SpectralPath::kFused;
  };
  const plan::Plan single = plan::make_plan(example_graph(options), 2, gpu_with_halves());
  options.half_precision = true;
  const graph::Graph graph = example_graph(options);
  const plan::Plan half = plan::make_plan(graph, 2, gpu_with_halves());
  CHECK(plan::precision_of(single) == "fp32");
  CHECK(plan::precision_of(half) == "fp16");
  const std::set<std::string> shaders = shaders_of(half);
  for (const char* wanted : {"patches_f32_f16", "token_statistics", "spectral_filter_f32_f16",
                             "layer_norm_f16", "layer_norm_f32_f16", "token_mean_f16"}) {
    CAPTURE(wanted);
    CHECK(shaders.contains(wanted));
  }
  CHECK(half.constant_bytes < single.constant_bytes);
  CHECK(half.arena_bytes < single.arena_bytes);
  for (const plan::Output& output : half.outputs) {
    CHECK(half.resources[output.resource].dtype == DType::kF32);
  }
  CHECK(nlohmann::json::parse(plan::to_json(half))["precision"] == "fp16");
  plan::DeviceFacts without;
  without.name = "an old device";
  CHECK_THROWS_WITH_AS(plan::make_plan(graph, 2, without),
                       doctest::Contains("16-bit storage buffers) on an old device"),
                       UnsupportedError);
}

TEST_CASE("packing in blocks of one column transposes") {
  CHECK(elements_of<float>(plan::pack({1, 2, 3, 4, 5, 6}, {2, 3, 4, 3, 1})) ==
        std::vector<float>{1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0, 0});
}
