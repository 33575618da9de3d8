#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "gfnet/export.h"

namespace gfnet {

/// Extents of a dense row-major tensor, outermost first. A scalar has rank 0 and one element.
class GFNET_API Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}

  std::size_t rank() const { return dims_.size(); }
  std::int64_t operator[](std::size_t axis) const { return dims_[axis]; }
  const std::vector<std::int64_t>& dims() const { return dims_; }

  /// Product of the extents.
  std::int64_t elements() const;

  /// The extents as text, such as "[196, 384]".
  std::string text() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> dims_;
};

}  // namespace gfnet
