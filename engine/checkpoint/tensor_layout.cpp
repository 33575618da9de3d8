#include "checkpoint/tensor_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

/// Largest number of elements of a view that repeats elements of its storage (in PyTorch, an
/// expanded tensor). Without a limit, a small file could demand unbounded memory when such a view
/// is converted to a dense tensor.
constexpr std::int64_t kMaxRepeatedElements = std::int64_t{1} << 24;

/// Index in the storage of the last element that the layout reaches. Empty on overflow.
std::optional<std::int64_t> last_index(const TensorLayout& layout) {
  std::optional<std::int64_t> last = layout.offset;
  for (std::size_t axis = 0; axis < layout.shape.size() && last; ++axis) {
    const auto reach = checked_multiply(layout.shape[axis] - 1, layout.strides[axis]);
    last = reach ? checked_add(*last, *reach) : std::nullopt;
  }
  return last;
}

}  // namespace

std::optional<std::int64_t> checked_elements(const std::vector<std::int64_t>& shape) {
  std::optional<std::int64_t> product = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return std::nullopt;
    if (product) product = checked_multiply(*product, extent);
  }
  // An empty tensor has no elements, however large its other extents are.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  return product;
}

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    // The product can overflow only for an empty tensor, whose strides are never used: 0 is fine.
    strides[axis - 1] = checked_multiply(strides[axis], shape[axis]).value_or(0);
  }
  return strides;
}

std::optional<TensorLayout> as_real(TensorLayout layout) {
  if (!layout.complex) return layout;
  const auto doubled = [](std::int64_t& number) {
    const auto twice = number < 0 ? std::optional(number) : checked_multiply(number, 2);
    if (twice) number = *twice;
    return twice.has_value();
  };
  if (!doubled(layout.offset) || !std::ranges::all_of(layout.strides, doubled)) return std::nullopt;
  layout.shape.push_back(2);
  layout.strides.push_back(1);
  layout.complex = false;
  return layout;
}

TensorView make_view(const std::filesystem::path& path, const std::string& name,
                     TensorLayout layout, std::span<const std::byte> storage) {
  const auto fail = [&](const std::string& cause) -> FormatError {
    return FormatError(path, cause, excerpt(name));
  };
  const auto negative = [](std::int64_t value) { return value < 0; };
  if (layout.shape.size() != layout.strides.size()) {
    throw fail(
        fmt::format("has {} sizes but {} strides", layout.shape.size(), layout.strides.size()));
  }
  if (std::any_of(layout.shape.begin(), layout.shape.end(), negative)) {
    throw fail("has a negative size");
  }
  if (std::any_of(layout.strides.begin(), layout.strides.end(), negative) || layout.offset < 0) {
    throw fail("has a negative stride or offset");
  }
  if (layout.negated && layout.dtype == DType::kBool) {
    throw fail("has the neg bit, which no tensor of booleans can have");
  }
  if (layout.conjugated && !layout.complex) {
    throw fail("has the conj bit, which only complex numbers can have");
  }
  const bool conjugated = layout.conjugated;
  std::optional<TensorLayout> real = as_real(std::move(layout));
  if (!real) throw fail("has an offset or a stride that overflows");
  layout = *std::move(real);
  const auto elements = checked_elements(layout.shape);
  if (!elements) throw fail("its number of elements overflows");

  const auto width = static_cast<std::int64_t>(size_of(layout.dtype));
  const std::int64_t available = static_cast<std::int64_t>(storage.size()) / width;
  TensorView view;
  if (*elements > 0) {
    const auto last = last_index(layout);
    if (!last || *last >= available) {
      throw fail(fmt::format("reaches beyond the {} elements of its storage", available));
    }
    if (*elements > available && *elements > kMaxRepeatedElements) {
      throw fail(fmt::format("repeats a storage of {} elements {} times", available,
                             *elements / available));
    }
    view.bytes = storage.subspan(static_cast<std::size_t>(layout.offset * width),
                                 static_cast<std::size_t>((*last - layout.offset + 1) * width));
  }
  // The strides of such axes lead nowhere and may be any numbers.
  for (std::size_t axis = 0; axis < layout.shape.size(); ++axis) {
    if (layout.shape[axis] <= 1 || *elements == 0) layout.strides[axis] = 0;
  }
  view.name = name;
  view.dtype = layout.dtype;
  view.shape = Shape(std::move(layout.shape));
  view.strides = std::move(layout.strides);
  view.negated = layout.negated;
  view.conjugated = conjugated;
  return view;
}

}  // namespace gfnet::checkpoint
