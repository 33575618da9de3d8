#pragma once

#include <cstdint>

#include "kernels/linear_kernels.h"
#include "selfcheck/bounds.h"
#include "support/context_fixture.h"
#include "support/random.h"

namespace gfnet::test {

/// A kernel, and how the test stores its operands and bounds its errors.
struct Kernel {
  kernels::LinearKernel of_plan;
  /// half_in: x and weight are halves. half_out: addend and y are halves.
  bool half_in = true;
  bool half_out = true;
  bool transposed = false;
  /// Rows of x, weight and y are padded to multiples of this many elements.
  std::int64_t vector = 4;
  selfcheck::ProductRounding rounding = {};
};

struct Problem {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t outputs;
  bool gelu = false;
  enum Addend { kNone, kRepeated, kInPlace } addend = kNone;
};

/// Dispatches the kernel directly, and compares its result with the scalar reference.
void check(ContextFixture& fixture, Random& random, const Kernel& kernel, const Problem& p);
/// check() at sizes around those of the tile, and with every epilogue.
void check_tails(ContextFixture& fixture, Random& random, const Kernel& kernel);
/// check() with the sizes of a real network.
void check_network(ContextFixture& fixture, Random& random, const Kernel& kernel);

}  // namespace gfnet::test
