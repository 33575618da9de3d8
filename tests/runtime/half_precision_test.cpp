// Networks in half precision: logits against PyTorch's, layers against the scalar reference.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "compiler/planner.h"
#include "gfnet/error.h"
#include "gfnet/npy.h"
#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"
#include "reference/interpreter.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using graph::Graph;

namespace {

/// Unit roundoff of halves.
constexpr double kHalfRoundoff = 0x1p-11;

Graph network(ContextFixture& fixture, const std::string& name, Precision precision) {
  const Model model = Model::load(test::reference_file(name + ".pth"));
  const model::Contents& contents = model::contents_of(model);
  const DType storage = precision == Precision::kFp16 ? DType::kF16 : DType::kF32;
  return test::expanded(model::build_graph(contents.checkpoint, contents.config, 1),
                        {test::default_forms(fixture.facts()), storage, fixture.facts()});
}

/// The graph with every block's result as a further output, after its own outputs.
Graph with_block_outputs(const Graph& graph) {
  Graph result = graph;
  for (const graph::Node* block : selfcheck::blocks_of(graph)) result.mark_output(block->output);
  return result;
}

double relative(const std::vector<double>& actual, const std::vector<double>& expected) {
  return test::relative_error(std::vector<float>(actual.begin(), actual.end()), expected);
}

void check_layers(ContextFixture& fixture, const std::string& name) {
  CAPTURE(name);
  const NpyArray input = read_npy(test::reference_file(name + ".input.npy"));
  const auto elements = static_cast<std::ptrdiff_t>(input.shape.elements() / input.shape[0]);
  const std::vector<float> image(input.values.begin(), input.values.begin() + elements);
  const auto wide = test::widen(image);
  const Graph single = with_block_outputs(network(fixture, name, Precision::kFp32));
  const Graph half = with_block_outputs(network(fixture, name, Precision::kFp16));
  const auto expected = reference::interpret(single, wide);
  const auto twin = reference::interpret(half, wide);
  const auto actual = fixture.run(half, 1, image);

  std::printf("%s: ‖Δ‖/‖x‖ of half precision, on the device and by the scalar reference\n",
              name.c_str());
  const auto blocks = selfcheck::blocks_of(half);
  REQUIRE(actual.size() == blocks.size() + 2);  // logits, top k, blocks
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (i == 1) continue;
    const std::string layer = i == 0 ? "logits" : blocks[i - 2]->name;
    const double on_device = test::relative_error(actual[i], expected[i]);
    std::printf("  %-24s %.2e  %.2e\n", layer.c_str(), on_device, relative(twin[i], expected[i]));
    CAPTURE(layer);
    // A block rounds filtered tokens, normalised tokens, weights (twice) and hidden units, each
    // with a relative error of u. Its norms pass on the errors of the blocks before. Drivers that
    // truncate instead of rounding have twice the error.
    const double before = static_cast<double>(i == 0 ? blocks.size() + 1 : i - 1);
    CHECK(on_device <= 2 * 5 * kHalfRoundoff * before);
    // More than the error of floats: halves were really used.
    CHECK(on_device > 1e-6);
  }
}

/// Checks the logits of these checkpoints in half precision, and that they do not depend on the
/// batch. The checkpoints' random weights make small residual streams.
void check_checkpoints(ContextFixture& fixture, const std::vector<const char*>& names) {
  for (const char* name : names) {
    CAPTURE(name);
    const NpyArray input = read_npy(test::reference_file(std::string(name) + ".input.npy"));
    const NpyArray expected = read_npy(test::reference_file(std::string(name) + ".logits.npy"));
    const Graph graph = network(fixture, name, Precision::kFp16);
    const std::int64_t images = input.shape[0];
    const auto logits = fixture.run(graph, images, input.values).front();
    const double error = test::relative_error(logits, test::widen(expected.values));
    std::printf("%s: %.2e\n", name, error);
    CHECK(error <= selfcheck::half_network_bound(graph));
    // The same bits, alone or in a batch.
    const auto elements = static_cast<std::ptrdiff_t>(input.shape.elements() / images);
    const std::vector<float> last(input.values.end() - elements, input.values.end());
    const auto alone = fixture.run(graph, 1, last).front();
    CHECK(std::equal(alone.rbegin(), alone.rend(), logits.rbegin()));
  }
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "half precision: the error of every layer") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  check_layers(*this, "flat-8x8-32px");
  check_layers(*this, "pyramid-no-layerscale");
}

TEST_CASE_FIXTURE(ContextFixture, "half precision: the logits of every checkpoint") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  check_checkpoints(*this, {test::kReferenceCases.begin(), test::kReferenceCases.end()});
}

TEST_CASE_FIXTURE(ContextFixture, "half precision: logits with the kernels of a GPU") {
  if (!facts().half_storage) return test::skip("no 16-bit storage");
  use_gpu_kernels();
  check_checkpoints(*this, {"flat-8x8-32px"});
  facts().half_arithmetic = false;
  check_checkpoints(*this, {"flat-8x8-32px"});
}

TEST_CASE("half precision: automatic on GPUs with 16-bit storage") {
  CHECK(compiler::automatic_precision(false, true) == Precision::kFp16);
  CHECK(compiler::automatic_precision(false, false) == Precision::kFp32);
  CHECK(compiler::automatic_precision(true, true) == Precision::kFp32);
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  kernels::DeviceFacts gpu;
  gpu.half_storage = true;
  CHECK(compiler::fold_model(model, {}, gpu).precision() == Precision::kFp16);
  gpu.half_storage = false;
  CHECK(compiler::fold_model(model, {}, gpu).precision() == Precision::kFp32);
  ClassifierOptions half;
  half.precision = Precision::kFp16;
  CHECK_THROWS_AS(compiler::fold_model(model, half, gpu), UnsupportedError);
}
