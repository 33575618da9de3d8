#include <doctest/doctest.h>

#include <limits>

#include "checkpoint/tensor_layout.h"
#include "gfnet/error.h"

using namespace gfnet;
using checkpoint::make_view;
using checkpoint::TensorLayout;
using checkpoint::TensorView;

namespace {

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

template <typename T>
std::span<const std::byte> storage_of(const std::vector<T>& numbers) {
  return std::as_bytes(std::span<const T>(numbers));
}

std::vector<float> counting(std::size_t count) {
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i);
  return numbers;
}

template <typename T>
std::vector<float> converted(DType dtype, const std::vector<T>& numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  return make_view("f", "t", TensorLayout{dtype, 0, {count}, {1}}, storage_of(numbers)).to_f32();
}

}  // namespace

TEST_CASE("every element type converts to float") {
  CHECK(converted<float>(DType::kF32, {1.5f, -2}) == std::vector<float>{1.5f, -2});
  CHECK(converted<double>(DType::kF64, {1.5, 1e300}) ==
        std::vector<float>{1.5f, std::numeric_limits<float>::infinity()});
  CHECK(converted<std::uint16_t>(DType::kF16, {0x3C00, 0xC000}) == std::vector<float>{1, -2});
  CHECK(converted<std::uint16_t>(DType::kBF16, {0x3F80, 0xC000}) == std::vector<float>{1, -2});
  CHECK(converted<std::int64_t>(DType::kI64, {1, -7}) == std::vector<float>{1, -7});
  CHECK(converted<std::int32_t>(DType::kI32, {1, -7}) == std::vector<float>{1, -7});
  CHECK(converted<std::int16_t>(DType::kI16, {1, -7}) == std::vector<float>{1, -7});
  CHECK(converted<std::int8_t>(DType::kI8, {1, -7}) == std::vector<float>{1, -7});
  CHECK(converted<std::uint8_t>(DType::kU8, {1, 255}) == std::vector<float>{1, 255});
  CHECK(converted<std::uint8_t>(DType::kBool, {0, 1}) == std::vector<float>{0, 1});
}

TEST_CASE("a negated view gives every element with the other sign") {
  const auto negated = [](DType dtype, const auto& numbers) {
    const auto count = static_cast<std::int64_t>(numbers.size());
    TensorLayout layout{dtype, 0, {count}, {1}};
    layout.negated = true;
    return make_view("f", "t", layout, storage_of(numbers)).to_f32();
  };
  CHECK(negated(DType::kF32, std::vector<float>{1.5f, -2}) == std::vector<float>{-1.5f, 2});
  CHECK(negated(DType::kF64, std::vector<double>{1.5, -2}) == std::vector<float>{-1.5f, 2});
  CHECK(negated(DType::kF16, std::vector<std::uint16_t>{0x3C00, 0xC000}) ==
        std::vector<float>{-1, 2});
  CHECK(negated(DType::kBF16, std::vector<std::uint16_t>{0x3F80, 0xC000}) ==
        std::vector<float>{-1, 2});
  CHECK(negated(DType::kI64, std::vector<std::int64_t>{1, -7}) == std::vector<float>{-1, 7});
  CHECK(negated(DType::kI32, std::vector<std::int32_t>{1, -7}) == std::vector<float>{-1, 7});
  CHECK(negated(DType::kI16, std::vector<std::int16_t>{1, -7}) == std::vector<float>{-1, 7});
  // As torch.Tensor.neg: these wrap.
  CHECK(negated(DType::kI8, std::vector<std::int8_t>{1, -128}) == std::vector<float>{-1, -128});
  CHECK(negated(DType::kU8, std::vector<std::uint8_t>{1, 0}) == std::vector<float>{255, 0});
  const std::vector<std::uint8_t> booleans{0, 1};
  CHECK_THROWS_WITH_AS(negated(DType::kBool, booleans),
                       doctest::Contains("tensor 't': has the neg bit"), FormatError);
  TensorLayout turned{DType::kF32, 0, {2, 2}, {1, 2}};
  turned.negated = true;
  const std::vector<float> numbers = counting(4);
  CHECK(make_view("f", "t", turned, storage_of(numbers)).to_f32() ==
        std::vector<float>{-0.0f, -2, -1, -3});
}

TEST_CASE("strides and offset choose the elements") {
  const std::vector<float> numbers = counting(12);
  const auto storage = storage_of(numbers);
  const TensorView dense = make_view("f", "t", {DType::kF32, 0, {3, 4}, {4, 1}}, storage);
  CHECK(dense.is_dense());
  CHECK(dense.to_f32() == numbers);
  const TensorView turned = make_view("f", "t", {DType::kF32, 0, {4, 3}, {1, 4}}, storage);
  CHECK_FALSE(turned.is_dense());
  CHECK(turned.to_f32() == std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  const TensorView part = make_view("f", "t", {DType::kF32, 5, {2, 2}, {4, 2}}, storage);
  CHECK(part.to_f32() == std::vector<float>{5, 7, 9, 11});
  CHECK(part.bytes.size() == 7 * sizeof(float));
  const TensorView repeated = make_view("f", "t", {DType::kF32, 3, {2, 3}, {1, 0}}, storage);
  CHECK(repeated.to_f32() == std::vector<float>{3, 3, 3, 4, 4, 4});
  const TensorView scalar = make_view("f", "t", {DType::kF32, 11, {}, {}}, storage);
  CHECK(scalar.to_f32() == std::vector<float>{11});
  const TensorView one = make_view("f", "t", {DType::kF32, 0, {1, 12}, {99, 1}}, storage);
  CHECK(one.is_dense());
  CHECK(make_view("f", "t", {DType::kF32, 0, {0, kHuge, kHuge}, {1, 1, 1}}, storage)
            .to_f32()
            .empty());
}

TEST_CASE("unaligned bytes are read") {
  const std::vector<float> numbers = counting(3);
  std::vector<std::byte> bytes(13);
  const auto source = storage_of(numbers);
  std::copy(source.begin(), source.end(), bytes.begin() + 1);
  const std::span<const std::byte> storage(bytes);
  CHECK(make_view("f", "t", {DType::kF32, 0, {3}, {1}}, storage.subspan(1)).to_f32() == numbers);
}

TEST_CASE("a layout outside of its storage is refused") {
  const std::vector<float> numbers = counting(12);
  const auto storage = storage_of(numbers);
  const std::vector<TensorLayout> wrong = {
      {DType::kF32, 0, {13}, {1}},
      {DType::kF32, 1, {12}, {1}},
      {DType::kF32, 12, {}, {}},
      {DType::kF64, 0, {7}, {1}},
      {DType::kF32, 0, {3, 4}, {5, 1}},
      {DType::kF32, -1, {2}, {1}},
      {DType::kF32, 0, {-2}, {1}},
      {DType::kF32, 0, {2}, {-1}},
      {DType::kF32, 0, {2, 2}, {1}},
      {DType::kF32, kHuge, {2}, {1}},
      {DType::kF32, 0, {2}, {kHuge}},
      {DType::kF32, 0, {3}, {kHuge}},
      {DType::kF32, 0, {kHuge, kHuge}, {0, 0}},
      {DType::kF32, 0, {kHuge}, {0}},
      {DType::kF32, 0, {1 << 25}, {0}},
      {DType::kF32, 0, {2, 2, 2}, {kHuge / 2, kHuge / 2, kHuge / 2}},
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    INFO("layout " << i);
    CHECK_THROWS_AS(make_view("f", "t", wrong[i], storage), FormatError);
  }
}
