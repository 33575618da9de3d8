#include "gfnet/shape.h"

#include <fmt/format.h>

namespace gfnet {

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (std::int64_t extent : dims_) product *= extent;
  return product;
}

std::string Shape::text() const { return fmt::format("[{}]", fmt::join(dims_, ", ")); }

}  // namespace gfnet
