#include "reference/operations.h"

namespace gfnet::reference {

Values class_map(Input x, Input weight, Input bias, Input pairs) {
  const std::size_t channels = weight.size() / bias.size();
  Values result;
  for (std::size_t row = 0; row < x.size(); row += channels) {
    for (std::size_t pair = 0; pair < pairs.size(); pair += 2) {
      const auto index = static_cast<std::size_t>(pairs[pair]);
      double sum = bias[index];
      for (std::size_t c = 0; c < channels; ++c) sum += x[row + c] * weight[index * channels + c];
      result.push_back(sum);
    }
  }
  return result;
}

}  // namespace gfnet::reference
