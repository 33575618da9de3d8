#include "reference/operations.h"

namespace gfnet::reference {

Values linear(Input x, Input weight, Input bias, bool with_gelu, Input addend) {
  const std::size_t outputs = bias.size();
  const std::size_t inner = weight.size() / outputs;
  const std::size_t rows = x.size() / inner;
  Values result(rows * outputs);
  for (std::size_t row = 0; row < rows; ++row) {
    double* out = &result[row * outputs];
    for (std::size_t k = 0; k < inner; ++k) {
      for (std::size_t o = 0; o < outputs; ++o)
        out[o] += x[row * inner + k] * weight[k * outputs + o];
    }
    for (std::size_t o = 0; o < outputs; ++o) {
      out[o] += bias[o];
      if (with_gelu) out[o] = gelu(out[o]);
      if (!addend.empty()) out[o] += addend[row * outputs + o];
    }
  }
  return result;
}

}  // namespace gfnet::reference
