// The public class Model.
#include "gfnet/model.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "model/model_contents.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/repository.h"

using namespace gfnet;

namespace {

std::vector<char> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<char>(std::istreambuf_iterator<char>(file), {});
}

/// Loads the bytes from a block of memory that is overwritten and freed before this returns.
Model load_and_free(std::vector<char> bytes, const std::string& name = "block") {
  Model model = Model::load(std::as_bytes(std::span(bytes)), name);
  std::ranges::fill(bytes, '\xAA');
  return model;
}

void check_equal_tensors(const Model& a, const Model& b) {
  const auto& tensors = model::contents_of(a).checkpoint.tensors();
  const auto& others = model::contents_of(b).checkpoint.tensors();
  REQUIRE(tensors.size() == others.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    CAPTURE(tensors[i].name);
    CHECK(tensors[i].name == others[i].name);
    CHECK(tensors[i].to_f32() == others[i].to_f32());
  }
}

}  // namespace

TEST_CASE("a model from memory equals the model from its file, also at another resolution") {
  const std::filesystem::path bundled =
      test::repository() / "weights" / "gfnet-cifar10.safetensors";
  for (const std::filesystem::path& path :
       {test::reference_file("flat-8x8-32px.pth"),                    // PyTorch zip
        test::reference_file("pyramid-12x8-legacy-format-half.pth"),  // PyTorch legacy
        bundled}) {
    CAPTURE(path.string());
    const Model mapped = Model::load(path);
    const Model copied = load_and_free(read(path), "the weights");
    const ModelDescription& d = copied.description();
    CHECK(d.path == "the weights");
    CHECK(d.format == mapped.description().format);
    CHECK(d.parameters == mapped.description().parameters);
    CHECK(d.metadata == mapped.description().metadata);
    CHECK(copied.labels() == mapped.labels());
    check_equal_tensors(copied, mapped);
    const ImageSize larger{2 * d.image_height, 2 * d.image_width};
    check_equal_tensors(copied.at(larger), mapped.at(larger));
    check_equal_tensors(copied.at(larger).at({d.image_height, d.image_width}), mapped);
  }
}

TEST_CASE("errors of a model in memory name it") {
  const std::vector<char> good = read(test::reference_file("flat-8x8-32px.pth"));
  test::Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 20; ++round) {
    const std::size_t size =
        static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(good.size()) - 1));
    CAPTURE(size);
    try {
      load_and_free({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}, "cut.pth");
      FAIL_CHECK("a truncated file was read");
    } catch (const FormatError& error) {
      CHECK(error.path() == "cut.pth");
      CHECK(std::string(error.what()).starts_with("cut.pth: "));
    }
  }
}

TEST_CASE("a copy of a model shares its contents and has labels of its own") {
  const Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  Model copy = model;
  CHECK(&model::contents_of(copy) == &model::contents_of(model));
  copy.set_labels(std::vector<std::string>(10, "x"));
  CHECK(copy.labels().size() == 10);
  CHECK(model.labels().empty());
  CHECK(copy.at({64, 64}).labels() == copy.labels());
}

TEST_CASE("set_labels refuses any number but one label for each class") {
  Model model = Model::load(test::reference_file("flat-8x8-32px.pth"));
  model.set_labels(std::vector<std::string>(10, "kept"));
  for (const std::size_t count : {0u, 1u, 9u, 11u}) {
    CHECK_THROWS_AS(model.set_labels(std::vector<std::string>(count)), ArgumentError);
  }
  CHECK(model.label_of(9) == "kept");
  CHECK(model.label_of(10) == "class 10");
  CHECK(model.label_of(-1) == "class -1");
}
