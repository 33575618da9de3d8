#include "reference/operations.h"

namespace gfnet::reference {

Values token_mean(Input x, std::int64_t channels) {
  const std::size_t width = static_cast<std::size_t>(channels);
  Values result(width);
  for (std::size_t i = 0; i < x.size(); ++i) result[i % width] += x[i];
  for (double& value : result) value /= static_cast<double>(x.size() / width);
  return result;
}

}  // namespace gfnet::reference
