#include "model/preprocessing.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;

namespace {

using Metadata = std::map<std::string, std::string>;

model::Preprocessing read(const Architecture& architecture, const Metadata& metadata = {}) {
  Random random;
  const auto checkpoint =
      test::make_checkpoint(test::synthetic_tensors(architecture, random), metadata);
  return model::read_preprocessing(checkpoint, model::infer_config(checkpoint));
}

std::vector<std::string> labels(const Metadata& metadata) {
  Random random;
  const auto checkpoint = test::make_checkpoint(test::synthetic_tensors({}, random), metadata);
  return model::read_labels(checkpoint, model::infer_config(checkpoint));
}

}  // namespace

TEST_CASE("preprocessing defaults to the paper's") {
  Architecture large;
  large.stages[0].patch = 16;  // 64 pixels
  CHECK(read(large).crop_ratio == doctest::Approx(224.0 / 256.0));
  CHECK(read(large).mean == std::vector<float>{0.485f, 0.456f, 0.406f});
  CHECK(read(large).std == std::vector<float>{0.229f, 0.224f, 0.225f});
  // Small inputs are not enlarged first.
  CHECK(read({}).crop_ratio == 1.0);
  Architecture grey;
  grey.input_channels = 1;
  CHECK(read(grey).mean.size() == 1);
  Architecture many;
  many.input_channels = 5;
  CHECK(read(many).mean == std::vector<float>(5, 0.0f));
  CHECK(read(many).std == std::vector<float>(5, 1.0f));
}

TEST_CASE("metadata overrides the defaults") {
  const auto p = read(
      {}, {{"preprocessing", R"({"mean": [0.1, 0.2, 0.3], "std": [1, 2, 3], "crop_ratio": 0.5})"}});
  CHECK(p.mean == std::vector<float>{0.1f, 0.2f, 0.3f});
  CHECK(p.std == std::vector<float>{1.0f, 2.0f, 3.0f});
  CHECK(p.crop_ratio == 0.5);
}

TEST_CASE("malformed metadata is refused") {
  for (const char* text :
       {"{", "[]", R"({"mean": [1]})", R"({"mean": "x"})", R"({"std": [1, 0, 1]})",
        R"({"std": [1, -1, 1]})", R"({"crop_ratio": 0})", R"({"crop_ratio": 2})",
        R"({"crop_ratio": "x"})", R"({"resize": "bilinear"})", R"({"size": 9})",
        R"({"mean": [1e300, 0, 0]})"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(read({}, {{"preprocessing", text}}), FormatError);
  }
}

TEST_CASE("labels come from the metadata and there is one for each class") {
  CHECK(labels({}).empty());
  CHECK(labels({{"labels", R"(["a","b","c","d","é"])"}}).back() == "é");
  CHECK_THROWS_AS(labels({{"labels", R"(["a"])"}}), FormatError);
  CHECK_THROWS_AS(labels({{"labels", R"([1,2,3,4,5])"}}), FormatError);
  CHECK_THROWS_AS(labels({{"labels", "["}}), FormatError);
}
