#include "kernels/spectral_layer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "gfnet/error.h"
#include "kernels/spectral_kernels.h"
#include "plan/plan.h"
#include "support/example_graph.h"
#include "support/expanded.h"

using namespace gfnet;
using gfnet::test::example_graph;
using gfnet::test::fused_graph;

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
  CHECK(kernels::default_spectral_form({14, 14}, gpu) == graph::SpectralForm::kFused);
  CHECK(kernels::default_spectral_form({56, 56}, gpu) == graph::SpectralForm::kVkfft);
  CHECK(kernels::default_spectral_form({56, 56}, lavapipe) == graph::SpectralForm::kLines);
  CHECK(kernels::default_spectral_form({56, 34}, lavapipe) == graph::SpectralForm::kVkfft);
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
              if (algorithm.form != graph::SpectralForm::kFused) continue;
              CHECK(height % algorithm.factors.height == 0);
              CHECK(width % algorithm.factors.width == 0);
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

TEST_CASE(
    "both forms of a spectral layer count the same transforms and the fused one moves fewer "
    "bytes") {
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

TEST_CASE("every step of a spectral layer has its choice with all candidates") {
  const kernels::SpectralLayer layer{{8, 8}, 6};
  CHECK(layer.name() == "spectral 8×8×6");
  CHECK(kernels::SpectralLayer{{8, 8}, 6, DType::kF16}.name() == "spectral_f16 8×8×6");
  const auto algorithms = kernels::spectral_algorithms(layer, {});
  REQUIRE(algorithms.size() > 2);
  CHECK(algorithms.front().form == graph::SpectralForm::kFused);
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
      CHECK(algorithms[choice->chosen].form ==
            (fused ? graph::SpectralForm::kFused : graph::SpectralForm::kVkfft));
      CHECK(step.choices.kernel.has_value() == step.name.ends_with("filter"));
      CHECK(plan::to_text(plan).find(layer.name() + "  ") != std::string::npos);
    }
    CHECK(steps == 2 * (fused ? on_fused : on_vkfft).size());  // two blocks
  }
}

TEST_CASE("a spectral layer uses the factors and the kernel of the choices") {
  const kernels::SpectralLayer layer{{8, 8}, 6};
  const auto algorithms = kernels::spectral_algorithms(layer, {});
  const auto kernels = kernels::spectral_kernels(layer, 2, {});
  REQUIRE(kernels.size() > 1);
  for (std::size_t w = 0; w < algorithms.size(); ++w) {
    CAPTURE(algorithms[w].name);
    for (std::size_t k = 0; k < kernels.size(); ++k) {
      kernels::MeasuredChoices choices;
      choices.algorithms.set(kernels::choose(layer.name(), algorithms, {}), w);
      // The graph is expanded to the fused form, so other forms do not apply.
      const bool is_fused = algorithms[w].form == graph::SpectralForm::kFused;
      const kernels::SpectralAlgorithm& algorithm = is_fused ? algorithms[w] : algorithms.front();
      const kernels::SpectralChoice expected = kernels::choose_spectral_algorithm(
          layer, {}, choices.algorithms, graph::SpectralForm::kFused);
      choices.kernels.set(kernels::choose(kernels::kernel_key(expected.choice, 2, {}), kernels, {}),
                          k);
      const graph::Graph graph = example_graph(
          {test::always(graph::SpectralForm::kFused), DType::kF32, {}, choices.algorithms});
      bool found = false;
      for (const plan::Step& step : plan::make_plan(graph, 2, {}, choices).steps) {
        if (!step.choices.algorithm || step.choices.algorithm->key != layer.name()) continue;
        if (plan::kernel_of(step) != "spectral_filter") continue;
        found = true;
        const kernels::SpectralKernel& chosen = kernels[k];
        CHECK(step.choices.algorithm->name() == algorithm.name);
        CHECK(step.choices.kernel->name() == chosen.name);
        CHECK(std::get<plan::KernelStep>(step.work).specialization ==
              kernels::specialize(kernels::SpectralFilterConstants{chosen.channels, chosen.lines, 8,
                                                                   8, algorithm.factors.height,
                                                                   algorithm.factors.width}));
      }
      CHECK(found);
    }
  }
}

TEST_CASE("the form known as fastest is taken and otherwise the rule's") {
  using graph::SpectralForm;
  const kernels::SpectralLayer small{{14, 14}, 384};
  const auto algorithms = kernels::spectral_algorithms(small, {});
  const auto vkfft = static_cast<std::size_t>(
      std::ranges::find(algorithms, SpectralForm::kVkfft, &kernels::SpectralAlgorithm::form) -
      algorithms.begin());
  kernels::ChoiceTable known;
  const auto form = [&](const kernels::SpectralLayer& layer) {
    return kernels::choose_spectral_algorithm(layer, {}, known).algorithm.form;
  };
  CHECK(form(small) == SpectralForm::kFused);
  known.set(kernels::choose(small.name(), algorithms, {}), vkfft);
  CHECK(form(small) == SpectralForm::kVkfft);
  CHECK(form({{14, 14}, 383}) == SpectralForm::kFused);
  // A measurement in single precision does not count for halves.
  CHECK(form({{14, 14}, 384, DType::kF16}) == SpectralForm::kFused);
}
