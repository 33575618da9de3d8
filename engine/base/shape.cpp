#include "gfnet/shape.h"

#include <fmt/format.h>

#include <algorithm>

namespace gfnet {

std::int64_t Shape::elements() const {
  // A file may give an empty array other extents whose product overflows.
  if (std::ranges::find(dims_, 0) != dims_.end()) return 0;
  std::int64_t product = 1;
  for (std::int64_t extent : dims_) product *= extent;
  return product;
}

std::string Shape::text() const { return fmt::format("[{}]", fmt::join(dims_, ", ")); }

}  // namespace gfnet
