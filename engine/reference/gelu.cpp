#include <cmath>
#include <numbers>

#include "reference/operations.h"

namespace gfnet::reference {

double gelu(double x) { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2)); }

}  // namespace gfnet::reference
