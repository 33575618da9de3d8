#include "model/preprocessing.h"

#include <doctest/doctest.h>

#include "gfnet/log.h"
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
  const model::Config config = model::infer_config(checkpoint);
  return model::make_preprocessing(model::read_metadata(checkpoint, config), config, config.image);
}

std::vector<std::string> labels(const Metadata& metadata) {
  Random random;
  const auto checkpoint = test::make_checkpoint(test::synthetic_tensors({}, random), metadata);
  return model::read_metadata(checkpoint, model::infer_config(checkpoint)).labels;
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

namespace {

/// The lines that are logged while the object lives.
class LoggedLines {
 public:
  LoggedLines() {
    set_log_sink([this](LogLevel, std::string_view line) { lines_.emplace_back(line); });
  }
  ~LoggedLines() { set_log_sink(nullptr); }
  LoggedLines(const LoggedLines&) = delete;
  LoggedLines& operator=(const LoggedLines&) = delete;

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace

TEST_CASE("metadata that mean something else are ignored, with one warning that names them") {
  const auto defaults = read({});
  for (const char* text :
       {"{", "[]", "3", "", R"({"mean": [1]})", R"({"mean": "x"})", R"({"std": [1, 0, 1]})",
        R"({"std": [1, -1, 1]})", R"({"crop_ratio": 0})", R"({"crop_ratio": 2})",
        R"({"crop_ratio": "x"})", R"({"resize": "bilinear"})", R"({"resize": 3})", R"({"size": 9})",
        R"({"size": [8, 8]})", R"({"mean": [1e300, 0, 0]})", R"({"mean": [[1, 0, 0]]})",
        R"({"mean": {"r": 1, "g": 2, "b": 3}})"}) {
    CAPTURE(text);
    const LoggedLines logged;
    const auto p = read({}, {{"preprocessing", text}});
    CHECK(p.mean == defaults.mean);
    CHECK(p.std == defaults.std);
    CHECK(p.crop_ratio == defaults.crop_ratio);
    REQUIRE(logged.lines().size() == 1);
    CHECK(logged.lines()[0].starts_with("synthetic: metadata 'preprocessing'"));
    CHECK(logged.lines()[0].ends_with("; ignored"));
  }
  // What can be understood is used, and other keys may hold anything.
  const LoggedLines logged;
  const auto p =
      read({}, {{"preprocessing", R"({"mean": 1, "std": [1, 2, 3], "more": [[{"a": []}]]})"}});
  CHECK(p.mean == defaults.mean);
  CHECK(p.std == std::vector<float>{1, 2, 3});
  CHECK(logged.lines().size() == 1);
}

TEST_CASE("labels come from the metadata if there is one for each class") {
  CHECK(labels({}).empty());
  CHECK(labels({{"labels", R"(["a","b","c","d","é"])"}}).back() == "é");
  for (const char* text : {R"(["a"])", R"([1,2,3,4,5])", "[", "10 classes", "", R"({"0":"a"})",
                           R"(["a",["b"]])", R"("a")", "null", "a,b,c,d,e"}) {
    CAPTURE(text);
    const LoggedLines logged;
    CHECK(labels({{"labels", text}}).empty());
    REQUIRE(logged.lines().size() == 1);
    CHECK(logged.lines()[0].starts_with("synthetic: metadata 'labels'"));
  }
}

TEST_CASE("metadata are read in memory of their own size, however deep they nest") {
  const LoggedLines logged;
  for (const char* open : {"[", "{\"a\":", "[[\"x\","}) {
    std::string deep;
    while (deep.size() < 10'000'000) deep += open;
    CHECK(labels({{"labels", deep}}).empty());
    CHECK(read({}, {{"preprocessing", deep}}).crop_ratio == 1.0);
    CHECK(read({}, {{"preprocessing", "{\"mean\":" + deep}}).crop_ratio == 1.0);
  }
}
