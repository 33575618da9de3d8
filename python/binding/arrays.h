#pragma once

#include <nanobind/ndarray.h>

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "binding.h"

namespace binding {

/// A numpy array of this shape that owns the values. values: row-major, one for each element.
template <typename Value>
nb::object array_of(std::vector<Value> values, std::initializer_list<std::size_t> shape) {
  auto* const kept = new std::vector<Value>(std::move(values));
  const nb::capsule owner(
      kept, [](void* pointer) noexcept { delete static_cast<std::vector<Value>*>(pointer); });
  return nb::cast(nb::ndarray<nb::numpy, Value>(kept->data(), shape, owner));
}

}  // namespace binding
