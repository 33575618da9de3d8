#include "plan/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "example_graph.h"
#include "gfnet/error.h"
#include "kernels/linear_kernels.h"
#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::example_graph;
using gfnet::test::Random;

namespace {

graph::Graph fused_graph() {
  return example_graph(
      {[](const graph::Extent&, std::int64_t) { return passes::SpectralForm::kFused; }});
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

TEST_CASE("tensors of a plan that are alive at the same time never share memory") {
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

TEST_CASE("every step uses only resources that are alive") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    check_lifetimes(plan::make_plan(graph, 2, {}));
  }
}

TEST_CASE("a block reuses the memory of the previous one and FFT buffers stay in place") {
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

TEST_CASE("the arena grows with the batch and the weights do not") {
  const graph::Graph graph = example_graph();
  const plan::Plan one = plan::make_plan(graph, 1, {});
  const plan::Plan four = plan::make_plan(graph, 4, {});
  CHECK(one.constant_bytes == four.constant_bytes);
  CHECK(four.arena_bytes > 3 * one.arena_bytes);
  CHECK(four.arena_bytes < 5 * one.arena_bytes + (64u << 10));
}

TEST_CASE("a batch that the device cannot bind is refused with advice") {
  kernels::DeviceFacts small;
  small.name = "a small device";
  small.max_buffer_bytes = 1000;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, small),
                       "not supported on a small device: batch 1: 'image' needs 0.00293 MiB, but a "
                       "shader can access at most 0.0009537 MiB at once; try smaller images",
                       TooLargeError);
  CHECK_THROWS_WITH_AS(
      plan::make_plan(example_graph(), 2, small),
      "not supported on a small device: batch 2: 'image' needs 0.005859 MiB, but a "
      "shader can access at most 0.0009537 MiB at once; try a smaller batch",
      TooLargeError);
  kernels::DeviceFacts little_memory;
  little_memory.max_allocation_bytes = 4096;
  CHECK_THROWS_WITH_AS(plan::make_plan(example_graph(), 1, little_memory),
                       doctest::Contains("the arena"), TooLargeError);
}

TEST_CASE("excessive batch sizes are refused and not truncated to 32 bits") {
  const graph::Graph graph = example_graph();
  for (const std::int64_t batch : {std::int64_t{0}, std::int64_t{-1}}) {
    CHECK_THROWS_AS(plan::make_plan(graph, batch, {}), Error);
  }
  kernels::DeviceFacts unlimited;
  unlimited.max_buffer_bytes = unlimited.max_allocation_bytes = ~std::uint64_t{0};
  for (int bits = 20; bits < 63; ++bits) {
    CAPTURE(bits);
    CHECK_THROWS_AS(plan::make_plan(graph, std::int64_t{1} << bits, unlimited), TooLargeError);
  }
}

TEST_CASE("workgroups stay within the limits that every device guarantees") {
  for (const graph::Graph& graph : {example_graph(), fused_graph()}) {
    for (const bool software : {false, true}) {
      kernels::DeviceFacts facts;
      facts.software = software;
      for (const plan::Step& step : plan::make_plan(graph, 4, facts).steps) {
        const auto* kernel = std::get_if<plan::KernelStep>(&step.work);
        if (kernel == nullptr) continue;
        CHECK(kernel->workgroup[0] * kernel->workgroup[1] * kernel->workgroup[2] <= 128);
      }
    }
  }
}

TEST_CASE("a grid runs in one kernel if it fits the device's shared memory") {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  kernels::DeviceFacts least;  // the limits that every Vulkan device guarantees
  kernels::DeviceFacts lavapipe;
  lavapipe.software = true;
  lavapipe.subgroup_size = 8;
  lavapipe.max_shared_memory = 32u << 10;
  lavapipe.max_texel_elements = 1u << 27;
  for (const auto& device : {gpu, least, lavapipe}) {
    CHECK(kernels::fused_fits({14, 14}, device));
    CHECK(kernels::fused_fits({1, 1}, device));
    CHECK(kernels::fused_fits({28, 28}, device));
    CHECK_FALSE(kernels::fused_fits({56, 56}, device));
    CHECK_FALSE(kernels::fused_fits({101, 1}, device));
  }
  kernels::DeviceFacts tiny;
  tiny.max_shared_memory = 1024;
  CHECK_FALSE(kernels::fused_fits({14, 14}, tiny));
  CHECK(kernels::default_spectral_form({14, 14}, gpu) == passes::SpectralForm::kFused);
  CHECK(kernels::default_spectral_form({56, 56}, gpu) == passes::SpectralForm::kVkfft);
  CHECK(kernels::default_spectral_form({56, 56}, lavapipe) == passes::SpectralForm::kLines);
  CHECK(kernels::default_spectral_form({56, 34}, lavapipe) == passes::SpectralForm::kVkfft);
}

TEST_CASE("spectral kernels keep the device's limits and split lines by divisors") {
  for (const bool software : {false, true}) {
    for (const std::uint32_t shared : {16u << 10, 32u << 10, 48u << 10}) {
      for (const std::uint32_t invocations : {128u, 256u, 1024u}) {
        kernels::DeviceFacts device;
        device.software = software;
        device.max_shared_memory = shared;
        device.max_workgroup_invocations = invocations;
        for (std::int64_t height = 1; height <= 34; ++height) {
          for (const std::int64_t width : {1, 2, 7, 14, 15, 28, 31, 32}) {
            std::set<std::string> names;
            const kernels::SpectralLayer layer{{height, width}, 64};
            CAPTURE(height);
            CAPTURE(width);
            for (const auto& algorithm : kernels::spectral_algorithms(layer, device)) {
              CAPTURE(algorithm.name);
              CHECK(names.insert(algorithm.name).second);
              if (algorithm.path != passes::SpectralForm::kFused) continue;
              CHECK(height % algorithm.height_factor == 0);
              CHECK(width % algorithm.width_factor == 0);
            }
            for (const auto& kernel : kernels::spectral_kernels(layer, 5, device)) {
              CAPTURE(kernel.name);
              CHECK(names.insert(kernel.name).second);
              CHECK(kernel.channels * kernel.lines <= invocations);
              CHECK(kernel.channels >= 4);
              if (kernel.shader == "spectral_filter_private") continue;
              CHECK(height * graph::spectrum_width(width) * 8 * kernel.channels <= shared);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("a fused layer whose grid does not fit the device is refused") {
  kernels::DeviceFacts tiny;
  tiny.max_shared_memory = 256;
  CHECK_THROWS_WITH_AS(plan::make_plan(fused_graph(), 1, tiny), doctest::Contains("8×8 tokens"),
                       UnsupportedError);
}

TEST_CASE("both spectral paths count the same transforms and the fused one moves fewer bytes") {
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

TEST_CASE("operations that the passes replace cannot be planned") {
  Random random;
  const auto checkpoint = test::synthetic_checkpoint({}, random);
  const auto graph = model::build_graph(checkpoint, model::infer_config(checkpoint), 1);
  CHECK_THROWS_WITH_AS(plan::make_plan(graph, 1, {}), doctest::Contains("run the passes first"),
                       Error);
}

TEST_CASE("every step of a spectral layer has its decision with all candidates") {
  const kernels::SpectralLayer layer{{8, 8}, 6};
  CHECK(layer.name() == "spectral 8×8×6");
  CHECK(kernels::SpectralLayer{{8, 8}, 6, DType::kF16}.name() == "spectral_f16 8×8×6");
  const auto algorithms = kernels::spectral_algorithms(layer, {});
  REQUIRE(algorithms.size() > 2);
  CHECK(algorithms.front().path == passes::SpectralForm::kFused);
  CHECK(algorithms.back().name == "vkfft");
  const std::vector<const char*> on_vkfft{"norm1", "rfft2", "multiply", "irfft2", "norm2"};
  const std::vector<const char*> on_fused{"norm1", "filter", "norm2"};
  for (const bool fused : {false, true}) {
    const plan::Plan plan = plan::make_plan(fused ? fused_graph() : example_graph(), 2, {});
    std::size_t steps = 0;
    for (const plan::Step& step : plan.steps) {
      const auto& choice = step.choices.algorithm;
      if (!choice || choice->key != layer.name()) continue;
      const auto& names = fused ? on_fused : on_vkfft;
      CHECK(step.name.ends_with(names[steps++ % names.size()]));
      CHECK(choice->candidates.size() == algorithms.size());
      CHECK(algorithms[choice->chosen].path ==
            (fused ? passes::SpectralForm::kFused : passes::SpectralForm::kVkfft));
      CHECK(step.choices.kernel.has_value() == step.name.ends_with("filter"));
      CHECK(plan::to_text(plan).find(layer.name() + "  ") != std::string::npos);
    }
    CHECK(steps == 2 * (fused ? on_fused : on_vkfft).size());  // two blocks
  }
}

TEST_CASE("a spectral layer uses the factors and the kernel of the choices") {
  const graph::Graph graph = fused_graph();
  const kernels::SpectralLayer layer{{8, 8}, 6};
  const auto algorithms = kernels::spectral_algorithms(layer, {});
  const auto kernels = kernels::spectral_kernels(layer, 2, {});
  REQUIRE(kernels.size() > 1);
  for (std::size_t w = 0; w < algorithms.size(); ++w) {
    CAPTURE(algorithms[w].name);
    for (std::size_t k = 0; k < kernels.size(); ++k) {
      kernels::MeasuredChoices choices;
      choices.algorithms.set(kernels::choose(layer.name(), algorithms, {}), w);
      // The graph is lowered to the fused path, so other paths do not apply.
      const bool is_fused = algorithms[w].path == passes::SpectralForm::kFused;
      const kernels::SpectralAlgorithm& algorithm = is_fused ? algorithms[w] : algorithms.front();
      choices.kernels.set(
          kernels::choose(kernels::kernel_key(layer, algorithm, 2, {}), kernels, {}), k);
      bool found = false;
      for (const plan::Step& step : plan::make_plan(graph, 2, {}, choices).steps) {
        if (!step.choices.algorithm || step.choices.algorithm->key != layer.name()) continue;
        if (plan::kernel_of(step) != "spectral_filter") continue;
        found = true;
        const kernels::SpectralKernel& chosen = kernels[k];
        CHECK(step.choices.algorithm->name() == algorithm.name);
        CHECK(step.choices.kernel->name() == chosen.name);
        CHECK(std::get<plan::KernelStep>(step.work).specialization ==
              std::vector<std::uint32_t>{chosen.channels * chosen.lines, chosen.channels,
                                         chosen.lines, 8, 8, algorithm.height_factor,
                                         algorithm.width_factor});
      }
      CHECK(found);
    }
  }
}

TEST_CASE("the path known as fastest is taken and otherwise the rule's") {
  using passes::SpectralForm;
  const kernels::SpectralLayer small{{14, 14}, 384};
  const auto algorithms = kernels::spectral_algorithms(small, {});
  const auto vkfft = static_cast<std::size_t>(
      std::ranges::find(algorithms, SpectralForm::kVkfft, &kernels::SpectralAlgorithm::path) -
      algorithms.begin());
  kernels::ChoiceTable known;
  const auto path = [&](const kernels::SpectralLayer& layer) {
    return kernels::spectral_algorithm(layer, {}, known).path;
  };
  CHECK(path(small) == SpectralForm::kFused);
  known.set(kernels::choose(small.name(), algorithms, {}), vkfft);
  CHECK(path(small) == SpectralForm::kVkfft);
  CHECK(path({{14, 14}, 383}) == SpectralForm::kFused);
  // A measurement in single precision does not count for halves.
  CHECK(path({{14, 14}, 384, DType::kF16}) == SpectralForm::kFused);
}

TEST_CASE("a choice among other candidates is not used") {
  struct Candidate {
    std::string name;
    std::string built_of;
    std::string description() const { return built_of; }
  };
  const std::vector<Candidate> then{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  kernels::ChoiceTable known;
  known.set(kernels::choose("problem", then, {}), 1);
  const auto chosen = [&](const std::vector<Candidate>& now) {
    const kernels::Choice choice = kernels::choose("problem", now, known);
    CHECK(known.find(choice).has_value() == (choice.chosen != 0));
    return choice.name();
  };
  CHECK(chosen(then) == "b");
  CHECK(chosen({{"c", "3"}, {"a", "1"}, {"b", "2"}}) == "b");  // the rule's order may change
  CHECK(chosen({{"a", "1"}, {"c", "3"}}) == "a");
  CHECK(chosen({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}) == "a");
  CHECK(chosen({{"a", "1"}, {"b", "2"}, {"c", "4"}}) == "a");
  CHECK_FALSE(known.find(kernels::choose("another problem", then, {})));
}

TEST_CASE("on any device a network has the same algorithms and weights at every batch") {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.max_buffer_bytes = gpu.max_allocation_bytes = std::uint64_t{4} << 30;
  gpu.max_workgroup_count = 1u << 24;
  kernels::DeviceFacts matrix = gpu;
  matrix.half_storage = matrix.half_arithmetic = true;
  matrix.matrix_shapes = {{16, 16, 16}};
  matrix.subgroup_widths = {32};
  kernels::DeviceFacts software = gpu;
  software.software = software.subgroup_broadcast = true;
  software.subgroup_size = 8;
  software.max_texel_elements = 4096;  // enough for few rows only
  for (const kernels::DeviceFacts& device : {gpu, matrix, software}) {
    passes::Options options;
    options.half_precision = device.half_storage;
    options.spectral_form = [&](const graph::Extent& grid, std::int64_t) {
      return kernels::default_spectral_form(grid, device);
    };
    const graph::Graph graph = example_graph(options);
    const auto shared = [&](std::int64_t batch) {
      std::set<std::string> all;
      const plan::Plan plan = plan::make_plan(graph, batch, device);
      for (const plan::Resource& r : plan.resources) {
        if (r.kind != plan::Resource::Kind::kConstant) continue;
        all.insert(r.name + " in blocks of " + std::to_string(r.packing.block_columns));
      }
      for (const plan::Step& step : plan.steps) {
        if (step.choices.algorithm) {
          all.insert(step.choices.algorithm->key + ": " + step.choices.algorithm->name());
        }
      }
      return all;
    };
    const auto one = shared(1);
    for (const std::int64_t batch : {2, 3, 17, 64, 1000}) CHECK(shared(batch) == one);
  }
}

TEST_CASE("batches that share a problem have the same candidates and all tiles that fit") {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.half_storage = gpu.half_arithmetic = true;
  kernels::DeviceFacts matrix = gpu;
  matrix.matrix_shapes = {{16, 16, 16}};
  matrix.subgroup_widths = {32};
  kernels::DeviceFacts software = gpu;
  software.software = software.subgroup_broadcast = true;
  software.subgroup_size = 8;
  software.max_texel_elements = 1u << 20;
  for (const kernels::DeviceFacts& device : {gpu, matrix, software}) {
    for (const DType dtype : {DType::kF32, DType::kF16}) {
      const kernels::LinearLayer layer{1536, 384, false, true, dtype, DType::kF32};
      for (const kernels::LinearAlgorithm& algorithm : kernels::linear_algorithms(layer, device)) {
        std::map<std::string, std::uint64_t> digests;
        for (std::int64_t rows = 1; rows < 20'000; rows += rows < 300 ? 1 : 97) {
          CAPTURE(rows);
          const auto kernels = kernels::linear_kernels(layer, algorithm, rows, device);
          const kernels::Choice choice =
              kernels::choose(kernels::kernel_key(layer, algorithm, rows, device), kernels, {});
          const auto known = digests.try_emplace(choice.key, choice.digest).first;
          CHECK(known->second == choice.digest);
          const auto is_large = [](const kernels::LinearKernel& kernel) {
            return kernel.tile_rows == 128 && kernel.tile_columns == 128;
          };
          // Even with few rows: the rule only decides which candidate comes first.
          CHECK(std::ranges::any_of(kernels, is_large) == !device.software);
        }
      }
    }
  }
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

TEST_CASE("choices round-trip as text and other text is refused") {
  kernels::Choice algorithm{"linear 12×8 gelu", {"row-major", "transposed"}, 0, 17};
  kernels::Choice kernel{"a", {"b", "c"}, 0, ~std::uint64_t{0}};
  kernels::MeasuredChoices choices;
  choices.algorithms.set(algorithm, 1);
  choices.kernels.set(kernel, 1);
  const auto again = kernels::MeasuredChoices::from_text(choices.to_text());
  REQUIRE(again);
  CHECK(again->to_text() == choices.to_text());
  CHECK(again->algorithms.find(algorithm) == 1u);
  CHECK(again->kernels.find(kernel) == 1u);
  CHECK_FALSE(again->algorithms.find(kernel));
  CHECK(kernels::MeasuredChoices::from_text("")->empty());
  for (const char* other :
       {"no tab\n", "way\tproblem\n", "way\tproblem\t12\tcut sho", "way\tproblem\t12x\tcandidate\n",
        "way\tproblem\t\tcandidate\n", "path\tproblem\t12\tcandidate\n"}) {
    CAPTURE(other);
    CHECK_FALSE(kernels::MeasuredChoices::from_text(other));
  }
  // adopt(): for the same candidates, the other table's choice replaces ours.
  kernels::ChoiceTable mine, others;
  mine.set(algorithm, 0);
  others.set(algorithm, 1);
  others.set(kernel, 0);
  mine.adopt(others);
  CHECK(mine.find(algorithm) == 1u);
  CHECK(mine.find(kernel) == 0u);
  algorithm.digest = 18;
  mine.set(algorithm, 0);
  mine.adopt(others);
  CHECK(mine.find(algorithm) == 0u);
}

TEST_CASE("a plan takes the kernel known as fastest and otherwise the rule's") {
  kernels::DeviceFacts device;
  device.software = true;
  device.subgroup_size = 8;
  device.subgroup_broadcast = true;
  const graph::Graph graph = example_graph();
  const plan::Plan by_rule = plan::make_plan(graph, 2, device);
  kernels::MeasuredChoices choices;
  std::size_t linear_choices = 0;
  for (const plan::Step& step : by_rule.steps) {
    const auto& kernel = step.choices.kernel;
    if (!kernel || !kernel->key.starts_with("linear")) continue;
    ++linear_choices;
    CHECK(kernel->chosen == 0);
    REQUIRE(kernel->candidates.size() > 1);
    choices.kernels.set(*kernel, kernel->candidates.size() - 1);
  }
  REQUIRE(linear_choices > 0);
  for (const plan::Step& step : plan::make_plan(graph, 2, device, choices).steps) {
    const auto& kernel = step.choices.kernel;
    if (!kernel || !kernel->key.starts_with("linear")) continue;
    CHECK(kernel->chosen + 1 == kernel->candidates.size());
    CHECK(std::get<plan::KernelStep>(step.work).kernel == "linear");
  }
  for (const plan::Step& step : by_rule.steps) {
    if (!step.choices.kernel) continue;
    kernels::Choice long_ago = *step.choices.kernel;
    ++long_ago.digest;
    choices.kernels.set(long_ago, long_ago.candidates.size() - 1);
  }
  CHECK(plan::to_json(plan::make_plan(graph, 2, device, choices)) == plan::to_json(by_rule));
}

TEST_CASE("a GPU's products use tiles that fit it and larger ones for more rows") {
  kernels::DeviceFacts least;  // the limits that every Vulkan device guarantees
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  kernels::DeviceFacts none;
  none.max_shared_memory = 1024;
  std::int64_t tile_before = 0;
  for (const std::int64_t rows : {1, 20, 196, 6272, 100'000}) {
    CAPTURE(rows);
    const kernels::LinearLayer layer{384, 1536, true, false};
    const auto kernels_of = [&](const kernels::DeviceFacts& device) {
      return kernels::linear_kernels(layer, kernels::linear_algorithms(layer, device).front(), rows,
                                     device);
    };
    for (const auto& device : {least, gpu}) {
      std::set<std::string> names;
      for (const kernels::LinearKernel& kernel : kernels_of(device)) {
        CAPTURE(kernel.name);
        CHECK(names.insert(kernel.name).second);
        CHECK(kernel.workgroup[0] * kernel.workgroup[1] <= device.max_workgroup_invocations);
      }
      const auto tiled = [](const std::string& name) { return name.starts_with("linear_tiled"); };
      CHECK(std::ranges::count_if(names, tiled) > 0);
      CHECK(tiled(*names.begin()) == false);  // the kernel without shared memory is offered too
    }
    const kernels::LinearKernel first = kernels_of(gpu).front();
    if (rows < 16) {
      CHECK(first.shader == "linear");
      continue;
    }
    CHECK(first.shader == "linear_tiled");
    CHECK(first.tile_rows * first.tile_columns >= tile_before);
    tile_before = first.tile_rows * first.tile_columns;
    for (const kernels::LinearKernel& kernel : kernels_of(none)) {
      CHECK(kernel.shader == "linear");
    }
  }
  CHECK(tile_before == 128 * 128);
}
