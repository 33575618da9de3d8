#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/half.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/tensor_layout.h"

namespace gfnet::checkpoint {
namespace {

template <typename Stored, typename Convert>
std::vector<float> gather(const TensorView& view, Convert convert) {
  const auto count = static_cast<std::size_t>(view.shape.elements());
  std::vector<float> out(count);
  if (count == 0) return out;
  // The bytes of a file may be unaligned, hence memcpy.
  const auto load = [&view, convert](std::size_t element) {
    Stored stored;
    std::memcpy(&stored, view.bytes.data() + element * sizeof(Stored), sizeof(Stored));
    return convert(stored);
  };
  if (view.is_dense()) {
    for (std::size_t i = 0; i < count; ++i) out[i] = load(i);
    return out;
  }
  // Counts through the indices like an odometer, the last axis fastest.
  const std::size_t rank = view.shape.rank();
  std::vector<std::int64_t> index(rank, 0);
  std::int64_t element = 0;
  for (float& value : out) {
    value = load(static_cast<std::size_t>(element));
    for (std::size_t axis = rank; axis-- > 0;) {
      element += view.strides[axis];
      if (++index[axis] < view.shape[axis]) break;
      element -= view.shape[axis] * view.strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/// -value; an integer wraps, as in PyTorch: -1 as uint8 is 255.
template <typename Number>
Number negative(Number value) {
  if constexpr (std::is_integral_v<Number>) {
    using Unsigned = std::make_unsigned_t<Number>;
    return static_cast<Number>(static_cast<Unsigned>(Unsigned{0} - static_cast<Unsigned>(value)));
  } else {
    return -value;
  }
}

/// Copies the view's elements to floats, in row-major order, and applies TensorView::negated.
/// to_number: converts a stored element to its number.
template <typename Stored, typename ToNumber>
std::vector<float> gather_numbers(const TensorView& view, ToNumber to_number) {
  if (!view.negated) {
    return gather<Stored>(view, [&](Stored value) { return static_cast<float>(to_number(value)); });
  }
  return gather<Stored>(
      view, [&](Stored value) { return static_cast<float>(negative(to_number(value))); });
}

template <typename Stored>
std::vector<float> gather_numbers(const TensorView& view) {
  return gather_numbers<Stored>(view, [](Stored value) { return value; });
}

/// All elements in row-major order, without TensorView::conjugated.
std::vector<float> stored_numbers(const TensorView& view) {
  switch (view.dtype) {
    case DType::kF32:
      return gather_numbers<float>(view);
    case DType::kF16:
      return gather_numbers<std::uint16_t>(view, half_to_float);
    case DType::kBF16:
      return gather_numbers<std::uint16_t>(view, bfloat16_to_float);
    case DType::kF64:
      return gather_numbers<double>(view);
    case DType::kI64:
      return gather_numbers<std::int64_t>(view);
    case DType::kI32:
      return gather_numbers<std::int32_t>(view);
    case DType::kI16:
      return gather_numbers<std::int16_t>(view);
    case DType::kI8:
      return gather_numbers<std::int8_t>(view);
    case DType::kU8:
      return gather_numbers<std::uint8_t>(view);
    case DType::kBool:
      return gather<std::uint8_t>(view,
                                  [](std::uint8_t value) { return value != 0 ? 1.0f : 0.0f; });
  }
  return {};
}

}  // namespace

bool TensorView::is_dense() const {
  const std::vector<std::int64_t> dense = dense_strides(shape.dims());
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] > 1 && strides[axis] != dense[axis]) return false;
  }
  return true;
}

std::vector<float> TensorView::to_f32() const {
  std::vector<float> values = stored_numbers(*this);
  if (conjugated) {
    for (std::size_t i = 1; i < values.size(); i += 2) values[i] = -values[i];
  }
  return values;
}

}  // namespace gfnet::checkpoint
