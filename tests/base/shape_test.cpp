#include "gfnet/shape.h"

#include <doctest/doctest.h>

#include <cstdint>

#include "base/dtype.h"
#include "gfnet/error.h"

using gfnet::Shape;

TEST_CASE("a shape counts its elements") {
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{}.rank() == 0);
  CHECK(Shape{7}.elements() == 7);
  CHECK(Shape{14, 8, 384, 2}.elements() == 86016);
  CHECK(Shape{3, 0, 5}.elements() == 0);
  CHECK(Shape{INT64_MAX, 3, 0}.elements() == 0);
}

TEST_CASE("a shape prints as a list") {
  CHECK(Shape{}.text() == "[]");
  CHECK(Shape{196}.text() == "[196]");
  CHECK(Shape{196, 384}.text() == "[196, 384]");
}

TEST_CASE("shapes are equal by their extents") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2, 3} == Shape{2, 3, 1});
}

TEST_CASE("data types know their size and name") {
  using gfnet::DType;
  CHECK(gfnet::size_of(DType::kF64) == 8);
  CHECK(gfnet::size_of(DType::kF32) == 4);
  CHECK(gfnet::size_of(DType::kBF16) == 2);
  CHECK(gfnet::size_of(DType::kBool) == 1);
  CHECK(gfnet::name_of(DType::kBF16) == "bf16");
  CHECK(gfnet::is_floating_point(DType::kF16));
  CHECK_FALSE(gfnet::is_floating_point(DType::kI64));
}

TEST_CASE("a format error names file, tensor, offset and cause") {
  const gfnet::FormatError error("a.pth", "is too short", "head.weight", 12);
  CHECK(std::string(error.what()) == "a.pth: tensor 'head.weight': offset 12: is too short");
  CHECK(error.tensor() == "head.weight");
  CHECK(error.offset() == 12);
  CHECK(error.cause() == "tensor 'head.weight': offset 12: is too short");
  CHECK(std::string(gfnet::FormatError("a.pth", "is empty").what()) == "a.pth: is empty");
  CHECK(gfnet::FormatError("a\nb: .pth", "is\tempty").cause() == "is\\x09empty");
}
