// Class maps and layer spectra of whole networks on the device.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gfnet/gfnet.h"
#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"
#include "reference/interpreter.h"
#include "support/classifier_options.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/rounding.h"
#include "support/skip.h"
#include "support/synthetic_checkpoint.h"
#include "vulkan/object_count.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::check_silent;
using gfnet::test::ContextFixture;
using gfnet::test::Random;
using gfnet::test::random_tensor;

namespace {

/// Flat and pyramid, even, odd and rectangular grids, one channel, one logit.
constexpr const char* kModels[] = {"flat-8x8-32px", "flat-15x15-gray-1logit",
                                   "flat-15x16-rectangular-gray", "pyramid-no-layerscale"};

ClassifierOptions options() {
  ClassifierOptions o = test::classifier_options();
  o.precision = Precision::kFp32;
  return o;
}

ClassifierOptions explaining(std::optional<std::int64_t> index = std::nullopt) {
  ClassifierOptions o = options();
  o.explain.class_maps = true;
  o.explain.class_index = index;
  return o;
}

double bias_of(const Model& model, std::int64_t index) {
  return model::contents_of(model)
      .checkpoint.at("head.bias")
      .to_f32()[static_cast<std::size_t>(index)];
}

/// The map's mean over the tokens, plus the head's bias. It must be the logit.
double logit_of(const Model& model, const ClassMap& map) {
  const double sum = std::accumulate(map.values.begin(), map.values.end(), 0.0);
  return sum / static_cast<double>(map.values.size()) + bias_of(model, map.index);
}

double logit_of(const Classification& result, const ClassMap& map) {
  return result.logits[static_cast<std::size_t>(map.index)];
}

/// Upper bound of Σ |mean ⊙ w| for a class: √C·‖γ ⊙ w‖, as normalised tokens have a norm of at most
/// √C. γ: the scale of the last layer norm. w: the class's weights in the head.
double head_magnitude(const Model& model, std::int64_t index) {
  const auto& checkpoint = model::contents_of(model).checkpoint;
  const auto gamma = checkpoint.at("norm.weight").to_f32();
  const auto weight = checkpoint.at("head.weight").to_f32();
  double squares = 0;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double folded =
        static_cast<double>(gamma[c]) * weight[static_cast<std::size_t>(index) * gamma.size() + c];
    squares += folded * folded;
  }
  return std::sqrt(squares * static_cast<double>(gamma.size()));
}

}  // namespace

TEST_CASE("class maps: mean plus bias is the logit of a run without maps") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : kModels) {
    CAPTURE(name);
    const Model model = Model::load(test::reference_file(std::string(name) + ".pth"));
    Classifier plain(model, options());
    Classifier explainer(model, explaining());
    const std::vector<float> tensor = random_tensor(model, 2, random);
    const auto expected = plain.classify_tensor(tensor);
    const auto results = explainer.classify_tensor(tensor);
    const StageDescription& last = model.description().stages.back();
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(results[i].logits == expected[i].logits);
      CHECK(expected[i].class_maps.empty());
      REQUIRE(results[i].class_maps.size() == results[i].top.size());
      for (std::size_t j = 0; j < results[i].class_maps.size(); ++j) {
        const ClassMap& map = results[i].class_maps[j];
        CHECK(map.index == results[i].top[j].index);
        CHECK(map.height == last.grid_height);
        CHECK(map.width == last.grid_width);
        CHECK(std::abs(logit_of(model, map) - logit_of(expected[i], map)) <= 1e-4);
        const auto [least, most] = std::ranges::minmax(map.values);
        CHECK(most > least);
      }
    }
    check_silent(explainer);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "explanations match the scalar reference in fp32 and fp16") {
  Random random;
  CAPTURE(random.seed());
  Architecture flat;
  flat.grid_height = 5;
  flat.grid_width = 6;
  flat.stages = {{2, 6, 2, 10}};
  Architecture pyramid;
  pyramid.pyramid = true;
  pyramid.layer_scale = true;
  pyramid.grid_height = 7;
  pyramid.grid_width = 9;  // the second stage drops the last row and column
  pyramid.stages = {{2, 5, 1, 8}, {2, 7, 2, 9}};
  Architecture single = flat;
  single.input_channels = 1;
  single.classes = 1;
  for (const Architecture& architecture : {flat, pyramid, single}) {
    const auto checkpoint = test::synthetic_checkpoint(architecture, random);
    const model::Config config = model::infer_config(checkpoint);
    const model::ExtraOutputs explanation{true, random.integer(0, architecture.classes - 1), 1};
    const auto graph = model::build_graph(checkpoint, config, 1, explanation);
    const auto input = random.normal(graph.value(graph.inputs().front()).shape.elements());
    const auto reference = reference::interpret(graph, test::widen(input));
    // The definition, in double: mean plus bias is the logit.
    const auto& map = reference[2];
    const double mean =
        std::accumulate(map.begin(), map.end(), 0.0) / static_cast<double>(map.size());
    const auto index = static_cast<std::size_t>(*explanation.class_index);
    const double bias = checkpoint.at("head.bias").to_f32()[index];
    CHECK(std::abs(mean + bias - reference[0][index]) <= 1e-12 * (1 + std::abs(mean)));

    const auto check = [&](bool half, double tolerance) {
      CAPTURE(half);
      const test::Choosing how{test::default_forms(facts()), half ? DType::kF16 : DType::kF32,
                               facts()};
      const auto outputs = run(test::expanded(graph, how), 1, input);
      REQUIRE(outputs.size() == 4);
      CHECK(test::relative_error(outputs[2], reference[2]) <= tolerance);
      CHECK(test::relative_error(outputs[3], reference[3]) <= tolerance);
    };
    check(false, selfcheck::network_bound(test::expanded(graph)));
    // Rounding to halves adds up over the layers: the same tolerance as for logits.
    if (facts().half_storage) check(true, 2e-2);
  }
}

TEST_CASE("class maps in half precision: mean plus bias is the logit up to rounding") {
  Random random;
  CAPTURE(random.seed());
  for (const char* name : {"flat-8x8-32px", "flat-15x15-gray-1logit", "pyramid-no-layerscale"}) {
    CAPTURE(name);
    const Model model = Model::load(test::reference_file(std::string(name) + ".pth"));
    ClassifierOptions half = explaining();
    half.precision = Precision::kAuto;
    Classifier probe(model, half);
    if (!probe.device().fp16_storage) return test::skip("no 16-bit storage");
    half.precision = Precision::kFp16;
    Classifier explainer(model, half);
    const auto results = explainer.classify_tensor(random_tensor(model, 2, random));
    for (const Classification& result : results) {
      for (const ClassMap& map : result.class_maps) {
        // The logit uses a mean and weights rounded to halves, each with a relative error of up to
        // 2⁻¹⁰; the map uses neither. Sums in single precision add their rounding.
        const double sums = static_cast<double>(model.description().stages.back().channels +
                                                map.height * map.width);
        const double bound = (2 * 0x1p-10 + 2 * sums * 0x1p-24) * head_magnitude(model, map.index) +
                             1e-5 * std::abs(bias_of(model, map.index)) + 1e-5;
        CHECK(std::abs(logit_of(model, map) - logit_of(result, map)) <= bound);
      }
    }
    check_silent(explainer);
  }
}

TEST_CASE("class maps do not depend on the batch and later runs create no Vulkan objects") {
  Random random;
  CAPTURE(random.seed());
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  ClassifierOptions o = explaining();
  o.explain.layer = 0;
  Classifier explainer(model, o);
  const std::vector<float> tensor = random_tensor(model, 3, random);
  const auto together = explainer.classify_tensor(tensor);
  const std::size_t elements = tensor.size() / 3;
  for (int round = 0; round < 3; ++round) {
    const vulkan::ObjectCount before = vulkan::object_count();
    for (std::size_t i = 0; i < 3; ++i) {
      const auto alone =
          explainer.classify_tensor(std::span(tensor).subspan(i * elements, elements)).front();
      for (std::size_t j = 0; j < alone.class_maps.size(); ++j) {
        CHECK(alone.class_maps[j].values == together[i].class_maps[j].values);
      }
      CHECK(alone.spectrum->after == together[i].spectrum->after);
    }
    if (round > 0) CHECK(vulkan::object_count() == before);
  }
  check_silent(explainer);
}

TEST_CASE("layer spectra match the scalar reference and leave the results unchanged") {
  Random random;
  CAPTURE(random.seed());
  struct Case {
    const char* name;
    std::int64_t layer;
  };
  for (const Case& c : {Case{"flat-8x8-32px", 2}, Case{"flat-15x16-rectangular-gray", 1}}) {
    CAPTURE(c.name);
    const Model model = Model::load(test::reference_file(std::string(c.name) + ".pth"));
    const model::Contents& contents = model::contents_of(model);
    const std::vector<float> tensor = random_tensor(model, 1, random);
    const auto graph =
        model::build_graph(contents.checkpoint, contents.config, 1, {false, {}, c.layer});
    const auto reference = reference::interpret(graph, test::widen(tensor)).back();
    std::vector<float> before;
    std::vector<float> after;
    for (std::size_t i = 0; i < reference.size(); i += 2) {
      before.push_back(static_cast<float>(reference[i]));
      after.push_back(static_cast<float>(reference[i + 1]));
    }
    ClassifierOptions o = options();
    o.explain.layer = c.layer;
    Classifier explainer(model, o);
    Classifier plain(model, options());
    const auto result = explainer.classify_tensor(tensor).front();
    CHECK(result.logits == plain.classify_tensor(tensor).front().logits);
    REQUIRE(result.spectrum);
    const LayerSpectrum& spectrum = *result.spectrum;
    CHECK(spectrum.layer == c.layer);
    const auto plane = [&](const std::vector<float>& half) {
      return test::widen(full_plane(half, spectrum.height, spectrum.width));
    };
    // The spectra have fewer layers before them than the logits.
    const double bound = test::network_bound(model);
    CHECK(test::relative_error(spectrum.before, plane(before)) <= bound);
    CHECK(test::relative_error(spectrum.after, plane(after)) <= bound);
    check_silent(explainer);
  }
}

TEST_CASE("explaining a class or layer that the model lacks is refused") {
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  for (const std::int64_t index : {-1, 10}) {
    CHECK_THROWS_AS(Classifier(model, explaining(index)), ArgumentError);
  }
  for (const std::int64_t layer : {std::int64_t{-1}, layer_count(model.description())}) {
    ClassifierOptions o = options();
    o.explain.layer = layer;
    CHECK_THROWS_AS(Classifier(model, o), ArgumentError);
    CHECK_THROWS_AS(layer_filter(model, layer), ArgumentError);
  }
}
