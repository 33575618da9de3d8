#include <doctest/doctest.h>
#include <fmt/format.h>

#include "checkpoint/checkpoint.h"
#include "support/read_checkpoint.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

std::string entry(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return R"({"dtype":")" + std::string(dtype) + R"(","shape":)" + std::string(shape) +
         R"(,"data_offsets":)" + std::string(offsets) + "}";
}

/// The error of a file with that header and 8 bytes of data.
std::string error(const std::string& header) { return read_error(safetensors(header, "12345678")); }

bool contains(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("safetensors files read") {
  const std::string header =
      R"({"__metadata__":{"format":"pt","note":"x"},"b":)" + entry("F32", "[2,1]", "[4,12]") +
      R"(,"a":)" + entry("F16", "[2]", "[0,4]") + R"(,"s":)" + entry("F64", "[]", "[12,20]") +
      R"(,"e":)" + entry("I8", "[0,5]", "[20,20]") + "}   ";
  const std::string data =
      bytes_of<std::uint16_t>({0x3C00, 0xC000}) + bytes_of<float>({3, 4}) + bytes_of<double>({0.5});
  const TempFile file(safetensors(header, data));
  const auto checkpoint = test::read_checkpoint(file.path());
  CHECK(checkpoint.format() == "safetensors");
  CHECK(checkpoint.metadata() ==
        std::map<std::string, std::string>{{"format", "pt"}, {"note", "x"}});
  REQUIRE(checkpoint.tensors().size() == 4);
  CHECK(checkpoint.tensors()[0].name == "b");
  CHECK(checkpoint.at("b").shape == Shape{2, 1});
  CHECK(checkpoint.at("b").to_f32() == std::vector<float>{3, 4});
  CHECK(checkpoint.at("a").to_f32() == std::vector<float>{1, -2});
  CHECK(checkpoint.at("s").to_f32() == std::vector<float>{0.5f});
  CHECK(checkpoint.at("e").to_f32().empty());
}

TEST_CASE("every element type of safetensors is known") {
  for (const auto& [type, size] : {std::pair{"F64", 8},
                                   {"F32", 4},
                                   {"F16", 2},
                                   {"BF16", 2},
                                   {"I64", 8},
                                   {"I32", 4},
                                   {"I16", 2},
                                   {"I8", 1},
                                   {"U8", 1},
                                   {"BOOL", 1}}) {
    const std::string header =
        R"({"a":)" + entry(type, "[" + std::to_string(8 / size) + "]", "[0,8]") + "}";
    CHECK(error(header).empty());
  }
}

TEST_CASE("wrong headers are refused") {
  const std::string good = entry("F32", "[2]", "[0,8]");
  const std::string a = R"({"a":)";
  CHECK(error(a + good + "}").empty());
  CHECK(contains(error(a + entry("F8_E4M3", "[8]", "[0,8]") + "}"),
                 "tensor 'a': is float8 (F8_E4M3)"));
  CHECK(contains(error(a + entry("U64", "[1]", "[0,8]") + "}"),
                 "tensor 'a': has the unsupported element type 'U64'"));
  CHECK(contains(error(a + entry("F32", "[3]", "[0,8]") + "}"), "tensor 'a'"));
  CHECK(contains(error(a + entry("F32", "[3]", "[0,12]") + "}"), "beyond the end"));
  CHECK(contains(error(a + entry("F32", "[1]", "[4,8]") + "}"), "gap"));
  CHECK(contains(error(a + entry("F32", "[1]", "[0,4]") + "}"), "belong to no tensor"));
  CHECK(contains(error(a + entry("F32", "[2]", "[8,0]") + "}"), "beyond"));
  CHECK(contains(error(a + good + R"(,"b":)" + good + "}"), "overlaps"));
  CHECK(contains(error(a + good + R"(,"b":)" + entry("F32", "[1]", "[4,8]") + "}"), "overlaps"));
  CHECK(contains(error(a + good + R"(,"a":)" + good + "}"), "tensor 'a': occurs twice"));
  CHECK(contains(error(a + entry("F32", "[-2]", "[0,8]") + "}"), "negative"));
  CHECK(contains(error(a + entry("F32", "[2]", "[-8,8]") + "}"), "negative"));
  CHECK(contains(error(a + entry("F32", "[2.0]", "[0,8]") + "}"), "fraction"));
  CHECK_FALSE(
      error(a + entry("F32", "[4611686018427387904,4611686018427387904]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[4611686018427387904]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[18446744073709551615]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[99999999999999999999999]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[2]", "[0,18446744073709551615]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[2]", "[0,4,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[2]", "[8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "2", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[[2]]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + entry("F32", "[null]", "[0,8]") + "}").empty());
  CHECK_FALSE(error(a + R"({"dtype":"F32","shape":[2]}})").empty());
  CHECK_FALSE(error(a + R"({"dtype":"F32","data_offsets":[0,8]}})").empty());
  CHECK_FALSE(error(a + R"({"shape":[2],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(
      error(a + R"({"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(
      error(a + R"({"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}})").empty());
  CHECK_FALSE(error(a + R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":{}}})").empty());
  CHECK(contains(error(a + good), "not valid JSON"));
  CHECK(contains(error(a + good + "} x"), "not valid JSON"));
  CHECK_FALSE(error("{\"a\xff\":" + good + "}").empty());
  CHECK_FALSE(error(R"({"a":1})").empty());
  CHECK_FALSE(error("{}").empty());
  CHECK(contains(read_error(safetensors("{}", "")), "without a tensor"));
  CHECK(contains(error(R"({"a\nb":)" + entry("F32", "[3]", "[0,8]") + "}"), "tensor 'a\\x0ab'"));
}

TEST_CASE("no metadata keep a file from being read") {
  const std::string good = R"("a":)" + entry("F32", "[2]", "[0,8]") + "}";
  for (const char* metadata :
       {R"({})", R"({"a":1,"b":-1.5,"c":null,"d":true})", R"({"a":"1","a":"2"})",
        R"({"a":{"b":[{"a":[]}],"dtype":{}}})", R"([[{"x":[1]}]])", R"("x")", "null", "7"}) {
    CAPTURE(metadata);
    CHECK(error(fmt::format(R"({{"__metadata__":{},{})", metadata, good)).empty());
  }
  CHECK(error(R"({"__metadata__":{},"__metadata__":{"a":[]},)" + good).empty());
  const TempFile file(
      safetensors(R"({"__metadata__":{"a":["x",{"a":"y"}],"b":"z","c":{"b":"w"}},)" + good,
                  std::string(8, 'x')));
  CHECK(test::read_checkpoint(file.path()).metadata() ==
        std::map<std::string, std::string>{{"b", "z"}});
}

TEST_CASE("complex numbers are pairs of real ones") {
  const TempFile file(
      safetensors(R"({"a":)" + entry("C64", "[1,1]", "[0,8]") + "}", bytes_of<float>({1, -2})));
  const auto checkpoint = test::read_checkpoint(file.path());
  CHECK(checkpoint.at("a").shape == Shape{1, 1, 2});
  CHECK(checkpoint.at("a").to_f32() == std::vector<float>{1, -2});
}

TEST_CASE("hostile header lengths and nesting are refused") {
  CHECK(contains(read_error(little(1000, 8) + "{}"), "longer than the file"));
  CHECK(contains(read_error(little(~std::uint64_t{0}, 8) + "{}"), "longer than the file"));
  CHECK_FALSE(read_error(std::string(8, '\0')).empty());
  CHECK_FALSE(read_error(std::string(7, '\0')).empty());
  const std::size_t deep = 5'000'000;
  CHECK_FALSE(error(R"({"a":)" + std::string(deep, '[') + "}").empty());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  CHECK_FALSE(error(objects).empty());
  CHECK(
      contains(read_error(safetensors("{" + std::string(100'000'001, ' ') + "}", "")), "too long"));
}
