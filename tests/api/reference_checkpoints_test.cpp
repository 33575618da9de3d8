// Every checkpoint form on the device, against logits that PyTorch computed in double.
#include <doctest/doctest.h>

#include <set>

#include "gfnet/gfnet.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/rounding.h"

using namespace gfnet;

namespace {

std::vector<float> logits_in_batches(Classifier& classifier, const NpyArray& input,
                                     std::int64_t batch) {
  const std::int64_t images = input.shape[0];
  const std::int64_t elements = input.shape.elements() / images;
  std::vector<float> logits;
  for (std::int64_t first = 0; first < images; first += batch) {
    const std::int64_t count = std::min(batch, images - first);
    const auto tensor = std::span(input.values)
                            .subspan(static_cast<std::size_t>(first * elements),
                                     static_cast<std::size_t>(count * elements));
    for (const Classification& result : classifier.classify_tensor(tensor)) {
      logits.insert(logits.end(), result.logits.begin(), result.logits.end());
    }
  }
  return logits;
}

/// `images` images: the case's own, repeated, for batches larger than the case.
NpyArray repeated(const NpyArray& input, std::int64_t images) {
  NpyArray result = input;
  std::vector<std::int64_t> dims = input.shape.dims();
  dims[0] = images;
  result.shape = Shape(dims);
  const std::size_t wanted = static_cast<std::size_t>(result.shape.elements());
  while (result.values.size() < wanted) {
    result.values.insert(result.values.end(), input.values.begin(), input.values.end());
  }
  result.values.resize(wanted);
  return result;
}

void check_case(const std::string& name) {
  const NpyArray input = read_npy(test::reference_file(name + ".input.npy"));
  const NpyArray expected = read_npy(test::reference_file(name + ".logits.npy"));
  ClassifierOptions options;
  options.device = test::wanted_device();
  options.validation = test::wants_validation();
  options.top_k = 1;
  const Model model = Model::load(test::reference_file(name + ".pth"));
  Classifier classifier(model, options);

  const std::int64_t own = input.shape[0];
  const auto logits = logits_in_batches(classifier, input, own);
  CHECK(test::relative_error(logits, test::widen(expected.values)) <= test::network_bound(model));

  for (const std::int64_t batch : {1, 2, 5}) {
    CAPTURE(batch);
    if (batch == own) continue;
    const NpyArray more = repeated(input, std::max(batch, own));
    const auto other = logits_in_batches(classifier, more, batch);
    // Bit for bit, at any batch size and position in the batch.
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (other[i] != logits[i % logits.size()]) {
        FAIL_CHECK("element " << i << ": " << other[i] << " instead of "
                              << logits[i % logits.size()]);
        break;
      }
    }
  }
  for (const std::string& message : classifier.validation_messages()) FAIL_CHECK(message);
}

}  // namespace

TEST_CASE("reference: flat 14×14") { check_case("flat-14x14"); }
TEST_CASE("reference: flat 14×14, legacy format") { check_case("flat-14x14-legacy-format"); }
TEST_CASE("reference: flat 14×14, training checkpoint") {
  check_case("flat-14x14-training-checkpoint");
}
TEST_CASE("reference: flat 15×15, grey, one logit") { check_case("flat-15x15-gray-1logit"); }
TEST_CASE("reference: flat 15×16, grey") { check_case("flat-15x16-rectangular-gray"); }
TEST_CASE("reference: flat 24×24") { check_case("flat-24x24"); }
TEST_CASE("reference: flat 8×8, 32 pixels") { check_case("flat-8x8-32px"); }
TEST_CASE("reference: flat 7×7, half, under model_ema") { check_case("flat-7x7-half-model-ema"); }
TEST_CASE("reference: flat 9×6, bfloat16, under state_dict, two channels") {
  check_case("flat-9x6-bfloat16-state-dict");
}
TEST_CASE("reference: flat 11×5, double") { check_case("flat-11x5-double"); }
TEST_CASE("reference: pyramid 12×8, half, legacy format") {
  check_case("pyramid-12x8-legacy-format-half");
}
TEST_CASE("reference: pyramid 56, 28, 14, 7") { check_case("pyramid-56-28-14-7"); }
TEST_CASE("reference: pyramid 96, 48, 24, 12, half, grey") {
  check_case("pyramid-96-48-24-12-half");
}
TEST_CASE("reference: pyramid without layer scale") { check_case("pyramid-no-layerscale"); }

TEST_CASE("every checkpoint of the reference folder has its case") {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(test::reference_folder())) {
    if (entry.path().extension() == ".pth") found.insert(entry.path().stem().string());
  }
  CHECK(found == std::set<std::string>(test::kReferenceCases.begin(), test::kReferenceCases.end()));
}
