#include <doctest/doctest.h>

#include "checkpoint/checkpoint.h"
#include "gfnet/error.h"
#include "support/read_checkpoint.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;
using checkpoint::Checkpoint;

namespace {

const std::vector<float> kNumbers = {0, 1, 2, 3, 4, 5};

std::vector<SavedTensor> two_tensors() {
  return {float_tensor("a", kNumbers, {2, 3}), float_tensor("b", {7, 8}, {2})};
}

Checkpoint read(std::string_view bytes) { return test::read_checkpoint(TempFile(bytes).path()); }

/// The zip form and the legacy form of an object that holds two_tensors().
std::vector<std::string> both_forms(std::string_view object) {
  return {torch_zip(object, two_tensors()), torch_legacy(object, two_tensors())};
}

void check_two_tensors(const Checkpoint& checkpoint) {
  REQUIRE(checkpoint.tensors().size() == 2);
  CHECK(checkpoint.tensors()[0].name == "a");
  CHECK(checkpoint.tensors()[1].name == "b");
  CHECK(checkpoint.at("a").shape == Shape{2, 3});
  CHECK(checkpoint.at("a").to_f32() == kNumbers);
  CHECK(checkpoint.at("b").to_f32() == std::vector<float>{7, 8});
}

}  // namespace

TEST_CASE("a bare state dict reads in both forms") {
  const std::string object = pickled_state_dict(two_tensors());
  const Checkpoint zip = read(torch_zip(object, two_tensors()));
  CHECK(zip.format() == "PyTorch zip");
  check_two_tensors(zip);
  const Checkpoint legacy = read(torch_legacy(object, two_tensors()));
  CHECK(legacy.format() == "PyTorch legacy");
  check_two_tensors(legacy);
  CHECK(zip.find("c") == nullptr);
  CHECK_THROWS_WITH_AS(zip.at("c"), doctest::Contains("tensor 'c': is missing"), FormatError);
}

TEST_CASE("objects that are not tensors are skipped") {
  const std::string state = pickled_state_dict(two_tensors());
  const std::vector<std::string> others = {
      // argparse.Namespace as protocol 2 writes it, with attributes
      global("argparse", "Namespace") + ")\x81}" + pickled("lr") + "G" + std::string(8, '\0') +
          "sb",
      "(" + global("argparse", "Namespace") + "o",
      "(iargparse\nNamespace\n",
      global("numpy.core.multiarray", "scalar") + "(" + global("numpy", "dtype") + pickled("f8") +
          "\x85RU\x08" + "12345678tR",
      // an enumeration member of Python 3.11
      global("builtins", "getattr") + global("torch", "Enum") + pickled("x") + "\x86R",
      global("torch", "float16"),
      global("collections", "defaultdict") + global("builtins", "list") + "\x85R" + pickled("k") +
          "Ns",
      global("torch._utils", "_rebuild_sparse_tensor") + ")R",
      global("torch._utils", "_rebuild_qtensor") + "NR",
      "\x8a" + little(20, 1) + std::string(20, 'x'),
      "I01\nI-5\nL123456789012345678901234567890L\nF1.5\nS'x'\nVy\n\x86\x86\x86\x86\x86",
      "\x8f(K\x01K\x02\x90",
      "(K\x01\x91",
      "\x82\x05"
      "K\x01\x86",
      "Pname\n",
      "C\x02"
      "ab",
      "\x96" + little(2, 8) + "ab\x98",
      "K\x01K\x02"
      "0",
      "K\x01(K\x02K\x03"
      "1",
      "(lp7\ng7\na",
  };
  for (const std::string& other : others) {
    const std::string object = "}(" + pickled("args") + other + pickled("model") + state + "u";
    for (const std::string& bytes : both_forms(object)) check_two_tensors(read(bytes));
  }
}

TEST_CASE("a state dict may have attributes and entries that are not tensors") {
  const std::string object = pickled_state_dict(two_tensors()) + pickled("_metadata") + "}s}" +
                             pickled("_metadata") + "}sb";
  for (const std::string& bytes : both_forms(object)) check_two_tensors(read(bytes));
}

TEST_CASE("parameters are read as their tensors") {
  const std::vector<SavedTensor> tensors = two_tensors();
  const std::string hooks = global("collections", "OrderedDict") + ")R";
  const std::string object = "}(" + pickled("a") + global("torch._utils", "_rebuild_parameter") +
                             "(" + pickled_tensor(tensors[0], "0") + "\x88" + hooks + "tR" +
                             pickled("b") +
                             global("torch._utils", "_rebuild_parameter_with_state") + "(" +
                             pickled_tensor(tensors[1], "1") + "\x88" + hooks + "}tRu";
  for (const std::string& bytes : both_forms(object)) check_two_tensors(read(bytes));
}

TEST_CASE("element types and strides are read in both forms") {
  std::vector<SavedTensor> tensors = {
      {"f16", bytes_of<std::uint16_t>({0x3C00, 0xC000}), {2}, {1}, 0, "HalfStorage", 2},
      {"bf16", bytes_of<std::uint16_t>({0x3F80, 0xC000}), {2}, {1}, 0, "BFloat16Storage", 2},
      {"f64", bytes_of<double>({1, -2}), {2}, {1}, 0, "DoubleStorage", 8},
      {"i64", bytes_of<std::int64_t>({1, -2}), {2}, {1}, 0, "LongStorage", 8},
      {"i32", bytes_of<std::int32_t>({1, -2}), {2}, {1}, 0, "IntStorage", 4},
      {"i16", bytes_of<std::int16_t>({1, -2}), {2}, {1}, 0, "ShortStorage", 2},
      {"i8", bytes_of<std::int8_t>({1, -2}), {2}, {1}, 0, "CharStorage", 1},
      {"f32", bytes_of<float>({9, 1, 9, -2}), {2}, {2}, 1, "FloatStorage", 4},
  };
  const std::string object = pickled_state_dict(tensors);
  for (const std::string& bytes : {torch_zip(object, tensors), torch_legacy(object, tensors)}) {
    const Checkpoint checkpoint = read(bytes);
    REQUIRE(checkpoint.tensors().size() == tensors.size());
    for (const auto& tensor : checkpoint.tensors()) {
      INFO(tensor.name);
      CHECK(std::string(name_of(tensor.dtype)) == tensor.name);
      CHECK(tensor.to_f32() == std::vector<float>{1, -2});
    }
  }
}

TEST_CASE("an untyped storage takes the type of its tensor") {
  const std::vector<SavedTensor> tensors = {
      {"a", bytes_of<std::uint16_t>({0x3C00, 0xC000}), {2}, {1}, 0, "", 1}};
  const std::string object =
      pickled_dict("a", global("torch._utils", "_rebuild_tensor_v3") + "((" + pickled("storage") +
                            global("torch.storage", "UntypedStorage") + pickled("0") +
                            pickled("cpu") + "K\x04tQ" + pickled(std::int64_t{0}) +
                            "K\x02\x85K\x01\x85\x89}" + global("torch", "float16") + "tR");
  const Checkpoint checkpoint = read(torch_zip(object, tensors));
  CHECK(checkpoint.at("a").dtype == DType::kF16);
  CHECK(checkpoint.at("a").to_f32() == std::vector<float>{1, -2});
}

TEST_CASE("the neg bit negates, in every form of a tensor") {
  const std::vector<SavedTensor> tensors = {float_tensor("a", kNumbers, {2, 3})};
  const std::vector<float> negatives = {-0.0f, -1, -2, -3, -4, -5};
  const std::string neg = pickled_dict("neg", "\x88");
  const std::string plain = pickled_tensor(tensors[0], "0", neg);
  const std::string hooks = global("collections", "OrderedDict") + ")R";
  const std::string arguments = "((" + pickled("storage") + global("torch", "FloatStorage") +
                                pickled("0") + pickled("cpu") + "K\x06tQ" +
                                pickled(std::int64_t{0}) + pickled_tuple({2, 3}) +
                                pickled_tuple({3, 1}) + "\x89" + hooks;
  const std::vector<std::string> forms = {
      plain,
      global("torch._utils", "_rebuild_parameter") + "(" + plain + "\x88" + hooks + "tR",
      global("torch._utils", "_rebuild_parameter_with_state") + "(" + plain + "\x88" + hooks +
          "}tR",
      global("torch._utils", "_rebuild_tensor_v3") + arguments + global("torch", "float32") + neg +
          "tR",
      global("torch._tensor", "_rebuild_from_type_v2") + "(" +
          global("torch._utils", "_rebuild_tensor_v2") + global("torch", "Tensor") + arguments +
          neg + "t}tR",
      // as protocol 0 writes True; the bit that was set last counts
      pickled_tensor(tensors[0], "0", "}" + pickled("neg") + "\x89s" + pickled("neg") + "I01\ns"),
  };
  for (const std::string& form : forms) {
    const std::string object = pickled_dict("a", form);
    for (const std::string& bytes : {torch_zip(object, tensors), torch_legacy(object, tensors)}) {
      const Checkpoint checkpoint = read(bytes);
      CHECK(checkpoint.at("a").to_f32() == negatives);
    }
  }
  for (const std::string& bits : {"}" + pickled("neg") + "\x89s" + pickled("conj") + "\x89s",
                                  std::string("}"), std::string("N")}) {
    const std::string object = pickled_dict("a", pickled_tensor(tensors[0], "0", bits));
    CHECK(read(torch_zip(object, tensors)).at("a").to_f32() == kNumbers);
  }
}

TEST_CASE("unknown metadata or state that would change a tensor's elements is refused") {
  const std::vector<SavedTensor> tensors = {float_tensor("a", kNumbers, {2, 3})};
  const auto error = [&](const std::string& tensor) {
    const std::string object = pickled_dict("a", tensor);
    const std::string of_zip = read_error(torch_zip(object, tensors));
    CHECK(read_error(torch_legacy(object, tensors)).ends_with(of_zip.substr(of_zip.find(": "))));
    return of_zip;
  };
  const auto with = [&](const std::string& metadata) {
    return error(pickled_tensor(tensors[0], "0", metadata));
  };
  CHECK(with(pickled_dict("conj", "\x88")).find("tensor 'a': has the conj bit") !=
        std::string::npos);
  CHECK(with(pickled_dict("zero", "\x88")).find("tensor 'a': has the bit 'zero'") !=
        std::string::npos);
  CHECK(with(pickled_dict("neg", "K\x01")).find("tensor 'a': has the bit 'neg'") !=
        std::string::npos);
  CHECK(with("}K\x01\x88s").find("tensor 'a': has the bit '?'") != std::string::npos);
  CHECK(with("K\x01").find("tensor 'a': has metadata") != std::string::npos);
  const std::string state = "((" + pickled("storage") + global("torch", "FloatStorage") +
                            pickled("0") + pickled("cpu") + "K\x06tQ" + pickled(std::int64_t{0}) +
                            "K\x06\x85K\x01\x85t";
  CHECK(error(pickled_tensor(tensors[0], "0") + state + "b").find("tensor 'a': is given") !=
        std::string::npos);
}

TEST_CASE("complex numbers are pairs of real ones, conjugated and negated where a bit says so") {
  const std::vector<float> stored = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto value_of = [&](const SavedTensor& tensor, const std::string& metadata) {
    const std::string object = pickled_dict("a", pickled_tensor(tensor, "0", metadata));
    const Checkpoint zip = read(torch_zip(object, {tensor}));
    CHECK(read(torch_legacy(object, {tensor})).at("a").to_f32() == zip.at("a").to_f32());
    CHECK(zip.at("a").shape == Shape{2, 2});
    return zip.at("a").to_f32();
  };
  const SavedTensor dense = {"a", bytes_of(stored), {2}, {1}, 0, "ComplexFloatStorage", 8};
  // Every second number, from the second on.
  const SavedTensor view = {"a", bytes_of(stored), {2}, {2}, 1, "ComplexFloatStorage", 8};
  const SavedTensor wide = {"a", bytes_of<double>({1, 2, 3, 4}), {2}, {1},
                            0,   "ComplexDoubleStorage",         16};
  CHECK(value_of(dense, "") == std::vector<float>{1, 2, 3, 4});
  CHECK(value_of(view, "") == std::vector<float>{3, 4, 7, 8});
  CHECK(value_of(wide, "") == std::vector<float>{1, 2, 3, 4});
  const std::string conj = pickled_dict("conj", "\x88");
  const std::string neg = pickled_dict("neg", "\x88");
  const std::string both = "}(" + pickled("conj") + "\x88" + pickled("neg") + "\x88u";
  for (const SavedTensor& tensor : {dense, wide}) {
    CHECK(value_of(tensor, conj) == std::vector<float>{1, -2, 3, -4});
    CHECK(value_of(tensor, neg) == std::vector<float>{-1, -2, -3, -4});
    CHECK(value_of(tensor, both) == std::vector<float>{-1, 2, -3, 4});
  }
  CHECK(value_of(view, conj) == std::vector<float>{3, -4, 7, -8});
}

TEST_CASE("a legacy storage may be a view of another") {
  const std::vector<SavedTensor> tensors = {float_tensor("a", kNumbers, {6})};
  const std::string object = pickled_dict(
      "a", global("torch._utils", "_rebuild_tensor") + "((" + pickled("storage") +
               global("torch", "FloatStorage") + pickled("0") + pickled("cpu") + "K\x06" +
               pickled("view") + "K\x02K\x03\x87tQK\x01K\x02\x85K\x01\x85tR");
  CHECK(read(torch_legacy(object, tensors)).at("a").to_f32() == std::vector<float>{3, 4});
}

TEST_CASE("protocol 4 pickles read") {
  const auto short_text = [](std::string_view text) {
    return "\x8c" + little(text.size(), 1) + std::string(text);
  };
  const SavedTensor tensor = float_tensor("a", kNumbers, {2, 3});
  const std::string body = "}\x94" + short_text("a") + "\x94" + short_text("torch._utils") +
                           short_text("_rebuild_tensor_v2") + "\x93\x94((" + short_text("storage") +
                           "\x94" + short_text("torch") + short_text("FloatStorage") + "\x93\x94" +
                           short_text("0") + short_text("cpu") + "K\x06t\x94Q" +
                           pickled(std::int64_t{0}) +
                           "K\x02K\x03\x86\x94K\x03K\x01\x86\x94\x89}t\x94R\x94s.";
  const std::string stream = std::string("\x80\x04\x95") + little(body.size(), 8) + body;
  const std::string bytes = zip_file({{"m/data.pkl", stream}, {"m/data/0", tensor.data}});
  CHECK(read(bytes).at("a").to_f32() == kNumbers);
}
