// The bounds: they hold for results that are rounded as kernels round, and small mistakes of a
// kernel are beyond them.
#include "selfcheck/bounds.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "selfcheck/candidates.h"
#include "selfcheck/problem_list.h"
#include "support/random.h"

using namespace gfnet;
using gfnet::test::Random;
using selfcheck::Problem;

namespace {

std::vector<float> as_floats(const selfcheck::Values& values) {
  return {values.begin(), values.end()};
}

double share(const Problem& problem, const std::vector<float>& actual) {
  return selfcheck::worst_share(actual, problem.expected,
                                problem.bounds(kernels::Arithmetic::kFloat));
}

/// A device whose plans use kernels of all kinds.
kernels::DeviceFacts any_gpu() {
  kernels::DeviceFacts facts;
  facts.max_shared_memory = 64u << 10;
  facts.max_workgroup_invocations = 1024;
  facts.half_storage = facts.half_arithmetic = true;
  facts.matrix_shapes = {{16, 16, 16}};
  facts.subgroup_widths = {32};
  facts.subgroup_size = 32;
  return facts;
}

}  // namespace

TEST_CASE("bounds: the rounded result of every problem is within them, one error is not") {
  Random random;
  CAPTURE(random.seed());
  selfcheck::Numbers numbers(random.seed());
  for (const selfcheck::ProblemSpec& spec : selfcheck::all_problems(any_gpu())) {
    CAPTURE(spec.text());
    const auto problem = selfcheck::make_problem(spec, numbers, any_gpu());
    if (!problem) continue;
    std::vector<float> actual = as_floats(problem->expected);
    // Results that are stored as halves may differ by the rounding to halves: floats always fit.
    CHECK(share(*problem, actual) <= 1);
    float& last = actual.back();
    last += 0.05f * (1 + std::abs(last));
    CHECK(share(*problem, actual) > 1);
    last = std::numeric_limits<float>::quiet_NaN();
    CHECK(share(*problem, actual) == std::numeric_limits<double>::infinity());
    actual.pop_back();
    CHECK(share(*problem, actual) == std::numeric_limits<double>::infinity());
  }
}
