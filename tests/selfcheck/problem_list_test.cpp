// The problems for a plan: they use every kernel of it, on devices of all kinds.
#include "selfcheck/problem_list.h"

#include <doctest/doctest.h>

#include <set>

#include "compiler/planner.h"
#include "gfnet/error.h"
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

/// The names of all candidates of the problems.
std::set<std::string> covered(const selfcheck::ProblemList& problems, const DeviceFacts& facts) {
  std::set<std::string> names = selfcheck::preprocessing_names();
  selfcheck::Numbers numbers(1);
  for (const selfcheck::ProblemSpec& spec : problems) {
    const auto problem = selfcheck::make_problem(spec, numbers, facts);
    if (!problem) continue;
    for (const auto& candidate : selfcheck::candidates_of(*problem, facts)) {
      names.insert(candidate.name);
    }
  }
  return names;
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
        const auto known = covered(selfcheck::problems_of(graph, 4, facts), facts);
        for (const std::string& kernel : selfcheck::names_in(graph, planner.plan(4, {}))) {
          CAPTURE(kernel);
          CHECK(known.contains(kernel));
        }
      }
    }
  }
}

TEST_CASE("problems: all problems use every shader of the plans") {
  for (const DeviceFacts& facts : {gpu(), software()}) {
    std::set<std::string> shaders;
    for (const std::string& name : covered(selfcheck::all_problems(facts), facts)) {
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
