// linear_tiled, linear_packed and their variants, dispatched directly.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "direct_linear.h"
#include "kernels/tiled_kernels.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::check;
using gfnet::test::check_network;
using gfnet::test::check_tails;
using gfnet::test::ContextFixture;
using gfnet::test::Kernel;
using gfnet::test::Problem;
using gfnet::test::Random;

namespace {

Kernel test_of(const kernels::LinearKernel& of_plan) {
  Kernel kernel{of_plan};
  kernel.half_in = of_plan.shader != "linear_tiled";
  kernel.half_out = kernel.half_in && !of_plan.shader.ends_with("_f16_f32");
  if (const auto* packed = std::get_if<kernels::LinearPackedConstants>(&of_plan.constants)) {
    kernel.rounding.half_terms = 4 * packed->chunk;
  }
  return kernel;
}

/// A variant of linear_tiled or linear_packed.
Kernel tiled(const std::string& shader, const kernels::LinearTiledConstants& constants,
             std::uint32_t chunk = 1) {
  kernels::LinearKernel kernel;
  kernel.shader = shader;
  kernel.tile_rows = constants.sizes().tile_rows;
  kernel.tile_columns = constants.sizes().tile_columns;
  kernel.constants = constants;
  if (shader.starts_with("linear_packed")) {
    kernel.constants = kernels::LinearPackedConstants{constants, chunk};
  }
  return test_of(kernel);
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "linear_tiled: every tail and epilogue") {
  Random random;
  CAPTURE(random.seed());
  check_tails(*this, random, tiled("linear_tiled", {8, 4, 2, 2, 2, 2}));
  check_tails(*this, random, tiled("linear_tiled", {5, 3, 2, 1, 1, 1}));
}

TEST_CASE_FIXTURE(ContextFixture, "linear_tiled_f16: every tail and epilogue") {
  Random random;
  CAPTURE(random.seed());
  check_tails(*this, random, tiled("linear_tiled_f16", {8, 4, 2, 2, 2, 2}));
  check_tails(*this, random, tiled("linear_tiled_f16", {5, 3, 2, 1, 1, 1}));
  check_tails(*this, random, tiled("linear_tiled_f16_f32", {5, 3, 2, 1, 1, 1}));
}

TEST_CASE_FIXTURE(ContextFixture, "linear_packed_f16: every tail and epilogue") {
  if (!context().device().info().fp16_arithmetic) return test::skip("no f16 arithmetic");
  Random random;
  CAPTURE(random.seed());
  check_tails(*this, random, tiled("linear_packed_f16", {8, 4, 2, 2, 2, 2}, 2));
  check_tails(*this, random, tiled("linear_packed_f16", {5, 3, 2, 1, 1, 1}, 1));
  check_tails(*this, random, tiled("linear_packed_f16_f32", {5, 3, 2, 1, 1, 1}, 1));
}

/// A software driver takes up to half a minute to compile a large tile, so only the smallest tile
/// is tested there, unless GFNET_EVERY_TILE is set.
TEST_CASE_FIXTURE(ContextFixture, "tiled products: every tile that a plan can choose") {
  Random random;
  CAPTURE(random.seed());
  const bool software = facts().software;
  for (const bool packed : {false, true}) {
    if (packed && !context().device().info().fp16_arithmetic) {
      return test::skip("no f16 arithmetic");
    }
    const DType type = packed ? DType::kF16 : DType::kF32;
    const kernels::LinearLayer layer{24, 40, false, false, type, type};
    kernels::DeviceFacts device = facts();
    device.software = false;
    std::vector<kernels::LinearKernel> kernels = kernels::tiled_kernels(layer, 40, device);
    REQUIRE(!kernels.empty());
    std::ranges::sort(kernels, {}, [](const kernels::LinearKernel& kernel) {
      return kernel.tile_rows * kernel.tile_columns;
    });
    if (software && std::getenv("GFNET_EVERY_TILE") == nullptr) kernels.resize(1);
    for (const kernels::LinearKernel& of_plan : kernels) {
      CAPTURE(of_plan.name);
      const Kernel kernel = test_of(of_plan);
      if (!software) {
        check_tails(*this, random, kernel);
        continue;
      }
      // One pipeline for every tail.
      const std::int64_t r = kernel.of_plan.tile_rows, c = kernel.of_plan.tile_columns;
      check(*this, random, kernel, {1, 1, 1, true, Problem::kInPlace});
      check(*this, random, kernel, {r - 1, 33, c - 1, true, Problem::kInPlace});
      check(*this, random, kernel, {r, 16, c, true, Problem::kInPlace});
      check(*this, random, kernel, {r + 5, 31, c + 3, true, Problem::kInPlace});
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "tiled products: sizes of a real network") {
  Random random;
  CAPTURE(random.seed());
  check_network(*this, random, tiled("linear_tiled", {8, 8, 4, 1, 2, 2}));
  check_network(*this, random, tiled("linear_tiled_f16", {8, 8, 4, 1, 2, 1}));
  if (!context().device().info().fp16_arithmetic) return;
  check_network(*this, random, tiled("linear_packed_f16", {8, 8, 4, 1, 2, 2}, 1));
}
