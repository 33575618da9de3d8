#include "gfnet/shape.h"

namespace gfnet {

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (std::int64_t extent : dims_) product *= extent;
  return product;
}

std::string Shape::text() const {
  std::string out = "[";
  for (std::size_t axis = 0; axis < dims_.size(); ++axis) {
    if (axis > 0) out += ", ";
    out += std::to_string(dims_[axis]);
  }
  return out + "]";
}

}  // namespace gfnet
