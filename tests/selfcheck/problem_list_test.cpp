// The problems for a plan: they use every kernel of it, on devices of all kinds.
#include "selfcheck/problem_list.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/planner.h"
#include "gfnet/error.h"
#include "kernels/specialize.h"
#include "kernels/spectral_kernels.h"
#include "selfcheck/candidates.h"
#include "support/device_facts.h"
#include "support/reference_files.h"

using namespace gfnet;
using kernels::DeviceFacts;

namespace {

DeviceFacts gpu() {
  DeviceFacts facts = test::gpu_facts();
  facts.subgroup_widths = {32};
  return facts;
}

DeviceFacts software() {
  DeviceFacts facts = test::software_facts();
  facts.max_shared_memory = 48u << 10;
  facts.max_workgroup_invocations = 1024;
  facts.half_storage = facts.half_arithmetic = true;
  return facts;
}

/// The names of all candidates of problems on a device. What a problem has is found out once.
class Coverage {
 public:
  explicit Coverage(const DeviceFacts& facts) : facts_(facts) {}

  std::set<std::string> of(const selfcheck::ProblemList& problems) {
    std::set<std::string> names = selfcheck::preprocessing_names();
    for (const selfcheck::ProblemSpec& spec : problems) {
      const auto [entry, is_new] = known_.try_emplace(spec.text());
      if (is_new) entry->second = candidates(spec);
      names.insert(entry->second.begin(), entry->second.end());
    }
    return names;
  }

 private:
  std::set<std::string> candidates(const selfcheck::ProblemSpec& spec) const {
    std::set<std::string> names;
    selfcheck::Numbers numbers(1);
    const auto problem = selfcheck::make_problem(spec, numbers, facts_);
    if (!problem) return names;
    for (const auto& candidate : selfcheck::candidates_of(*problem, facts_)) {
      names.insert(candidate.name);
    }
    return names;
  }

  DeviceFacts facts_;
  std::map<std::string, std::set<std::string>> known_;
};

/// Those of the names that are not covered, as text.
std::string missing(const std::set<std::string>& names, const std::set<std::string>& covered) {
  std::string text;
  for (const std::string& name : names) {
    if (!covered.contains(name)) text += name + "; ";
  }
  return text;
}

/// Devices on which the lists of candidates differ.
std::vector<DeviceFacts> all_sorts() {
  std::vector<DeviceFacts> all{DeviceFacts{}, gpu(), software()};
  for (const std::uint32_t registers : {32, 64, 128}) {
    all.push_back(gpu());
    all.back().registers = registers;
  }
  for (const std::uint32_t width : {8, 16, 32, 64}) {
    all.push_back(gpu());
    all.back().matrix_shapes = {{16, 16, 16}, {8, 16, 16}, {8, 8, 16}};
    all.back().subgroup_size = width;
    all.back().subgroup_widths = {width};
  }
  all.push_back(gpu());
  all.back().max_shared_memory = 16u << 10;
  all.back().max_workgroup_invocations = 128;
  all.push_back(gpu());
  all.back().half_arithmetic = false;
  all.push_back(software());
  all.back().max_texel_elements = 65536;
  return all;
}

/// Inner elements and outputs of products: heads, layers of published networks, and odd ones.
constexpr std::pair<std::int64_t, std::int64_t> kProducts[] = {
    {384, 1536}, {1536, 384}, {64, 256}, {768, 384}, {512, 1000}, {384, 10}, {13, 67}, {130, 137}};

/// Grids of the bundled and the published models, at 224 and 384 pixels.
constexpr graph::Extent kGrids[] = {{8, 8}, {7, 7}, {14, 14}, {28, 28}, {56, 56}, {24, 24}};

/// A product on random data.
selfcheck::Problem product(const selfcheck::LinearSize& size) {
  selfcheck::Numbers numbers(1);
  return selfcheck::linear_problem(numbers, size);
}

/// The kernels for a fused layer.
std::set<std::string> kernels_of(const kernels::SpectralLayer& layer,
                                 const kernels::SpectralAlgorithm& algorithm, std::int64_t batch,
                                 const DeviceFacts& facts) {
  std::set<std::string> names;
  for (const auto& kernel :
       kernels::usable_spectral_kernels(layer, algorithm.factors, batch, facts)) {
    names.insert(kernels::kernel_name(
        kernel.shader, kernels::specialize(kernel.constants(layer.grid, algorithm.factors))));
  }
  return names;
}

/// A graph with the layer.
graph::Graph filter_of(const kernels::SpectralLayer& layer,
                       const kernels::SpectralAlgorithm& algorithm, std::int64_t batch) {
  selfcheck::Numbers numbers(1);
  const kernels::SpectralChoice choice{kernels::choose(layer.name(), std::vector{algorithm}, {}),
                                       algorithm};
  return selfcheck::spectral_problem(numbers, {layer.grid, layer.channels, batch}, choice,
                                     DType::kF32)
      .graph;
}

}  // namespace

TEST_CASE("problems: those of a plan use every kernel of the plan") {
  DeviceFacts matrix = gpu();
  matrix.matrix_shapes = {{16, 16, 16}};
  for (const DeviceFacts& facts : {gpu(), matrix, DeviceFacts{}, software()}) {
    for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
      if (precision == Precision::kFp16 && !facts.half_storage) continue;
      for (const std::string name : test::kReferenceCases) {
        CAPTURE(facts.software);
        CAPTURE(name_of(precision));
        CAPTURE(name);
        ClassifierOptions options;
        options.precision = precision;
        const auto model = Model::load(test::reference_file(name + ".pth"));
        const compiler::Planner planner = compiler::fold_model(model, options, facts);
        const graph::Graph& graph = planner.expanded({});
        const auto known = Coverage(facts).of(selfcheck::problems_of(graph, 4, facts));
        for (const std::string& kernel : selfcheck::names_in(graph, planner.plan(4, {}))) {
          CAPTURE(kernel);
          CHECK(known.contains(kernel));
        }
      }
    }
  }
}

TEST_CASE("problems: the kernels of an algorithm have no names of their own") {
  constexpr graph::Extent kGrid{14, 14};
  constexpr std::int64_t kChannels = 64, kBatch = 2;
  for (const DeviceFacts& facts : {gpu(), software()}) {
    CAPTURE(facts.software);
    for (const auto form : {graph::SpectralForm::kLines, graph::SpectralForm::kVkfft}) {
      const std::string algorithm = kernels::algorithm_name(form, kGrid);
      CAPTURE(algorithm);
      selfcheck::Numbers numbers(1);
      const graph::Graph graph =
          form == graph::SpectralForm::kLines
              ? filter_of({kGrid, kChannels}, {algorithm, form}, kBatch)
              : selfcheck::vkfft_problem(numbers, {kGrid, kChannels, kBatch}).graph;
      const auto names = selfcheck::names_in(graph, plan::make_plan(graph, kBatch, facts));
      CHECK(names.contains(algorithm));
      auto covered = Coverage(facts).of(selfcheck::problems_of(graph, kBatch, facts));
      covered.insert(algorithm);
      CHECK(missing(names, covered) == "");
    }
  }
}

TEST_CASE("problems: every kernel that a list of candidates offers for a product has a problem") {
  using selfcheck::LinearSize;
  for (const DeviceFacts& facts : all_sorts()) {
    CAPTURE(facts.software);
    CAPTURE(facts.registers);
    CAPTURE(facts.subgroup_size);
    CAPTURE(facts.max_texel_elements);
    std::vector<std::pair<DType, DType>> types{{DType::kF32, DType::kF32}};
    if (facts.half_storage) {
      types.emplace_back(DType::kF16, DType::kF16);
      types.emplace_back(DType::kF16, DType::kF32);
    }
    Coverage coverage(facts);
    std::set<std::string> offered;
    for (const auto& [in, out] : types) {
      for (const std::int64_t rows : {1, 2, 5, 7, 9, 16, 49, 196}) {
        for (const auto& [inner, outputs] : kProducts) {
          const LinearSize size{rows, inner, outputs, false, LinearSize::kNone, 1, in, out};
          const auto layer = product(size);
          std::set<std::string> names;
          for (const auto& candidate : selfcheck::candidates_of(layer, facts)) {
            names.insert(candidate.name);
          }
          CAPTURE(layer.sizes);
          // Before the first use of the layer.
          CHECK(missing(names, coverage.of(selfcheck::problems_of(layer.graph, 1, facts))) == "");
          offered.merge(names);
        }
      }
    }
    // By gfnet check.
    CHECK(missing(offered, coverage.of(selfcheck::all_problems(facts))) == "");
  }
}

TEST_CASE("problems: every kernel that a list of candidates offers for a filter has a problem") {
  for (const DeviceFacts& facts : all_sorts()) {
    CAPTURE(facts.software);
    CAPTURE(facts.registers);
    CAPTURE(facts.max_texel_elements);
    Coverage coverage(facts);
    std::set<std::string> offered;
    for (const DType out : {DType::kF32, DType::kF16}) {
      if (out == DType::kF16 && !facts.half_storage) continue;
      for (const graph::Extent grid : kGrids) {
        for (const std::int64_t channels : {64, 384}) {
          const kernels::SpectralLayer layer{grid, channels, out};
          for (const auto& algorithm : kernels::spectral_algorithms(layer, facts)) {
            if (algorithm.form != graph::SpectralForm::kFused) {
              offered.insert(kernels::algorithm_name(algorithm.form, grid));
              continue;
            }
            for (const std::int64_t batch : {1, 32}) {
              const auto names = kernels_of(layer, algorithm, batch, facts);
              offered.insert(names.begin(), names.end());
            }
            if (channels != 64 || out != DType::kF32 || grid.area() > 196) continue;
            // Before the first use of the layer.
            const std::int64_t batch = facts.software ? 32 : 2;
            const auto graph = filter_of(layer, algorithm, batch);
            CHECK(missing(kernels_of(layer, algorithm, batch, facts),
                          coverage.of(selfcheck::problems_of(graph, batch, facts))) == "");
          }
        }
      }
    }
    CHECK(missing(offered, coverage.of(selfcheck::all_problems(facts))) == "");
  }
}

TEST_CASE("problems: all problems use every shader of the plans") {
  for (const DeviceFacts& facts : {gpu(), software()}) {
    std::set<std::string> shaders;
    for (const std::string& name : Coverage(facts).of(selfcheck::all_problems(facts))) {
      shaders.insert(name.substr(0, name.find(' ')));
    }
    for (const char* shader :
         {"linear", "linear_f16_f32", "layer_norm", "layer_norm_f16", "layer_norm_f32_f16",
          "patches", "patches_f32_f16", "token_mean", "token_mean_f16", "softmax_top_k",
          "class_map", "class_map_f16_f32", "spectrum_magnitude", "vkfft", "lines"}) {
      CAPTURE(shader);
      // On a GPU with half arithmetic, halves are multiplied by the packed kernels.
      const bool is_packed = !facts.software && std::string(shader) == "linear_f16_f32";
      CHECK(shaders.contains(is_packed ? "linear_packed_f16_f32" : shader));
    }
    for (const char* shader : {"linear_tiled", "linear_packed_f16", "token_statistics",
                               "spectral_filter", "spectral_filter_f32_f16"}) {
      CAPTURE(shader);
      CHECK(shaders.contains(shader) == !facts.software);
    }
    for (const char* shader :
         {"linear_broadcast", "linear_broadcast_f16", "token_statistics_texels",
          "spectral_filter_lanes", "spectral_filter_private"}) {
      CAPTURE(shader);
      CHECK(shaders.contains(shader) == facts.software);
    }
  }
}
