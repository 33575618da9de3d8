// linear_matrix and its variants, dispatched directly.
#include <doctest/doctest.h>

#include "direct_linear.h"
#include "gfnet/error.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::check_network;
using gfnet::test::check_tails;
using gfnet::test::ContextFixture;
using gfnet::test::Kernel;
using gfnet::test::Random;

namespace {

/// down × across subgroups of fragments_down × fragments_across fragments each.
Kernel matrix(const vulkan::DeviceInfo& device, const vulkan::MatrixShape& shape,
              std::uint32_t down, std::uint32_t across, std::uint32_t fragments_down,
              std::uint32_t fragments_across, std::uint32_t deep, std::uint32_t buffers,
              bool transposed) {
  const kernels::LinearMatrixConstants constants{.local_size_x = device.subgroup_size,
                                                 .local_size_y = down * across,
                                                 .rows = shape.rows,
                                                 .columns = shape.columns,
                                                 .inner = shape.inner,
                                                 .fragments_down = fragments_down,
                                                 .fragments_across = fragments_across,
                                                 .subgroups_across = across,
                                                 .fragments_deep = deep,
                                                 .buffers = buffers,
                                                 .transposed = transposed};
  kernels::LinearKernel of_plan;
  of_plan.shader = "linear_matrix";
  of_plan.tile_rows = constants.sizes().tile_rows;
  of_plan.tile_columns = constants.sizes().tile_columns;
  of_plan.constants = constants;
  Kernel kernel{of_plan};
  kernel.transposed = transposed;
  kernel.vector = 8;
  kernel.rounding = selfcheck::product_rounding(kernels::Arithmetic::kMatrix);
  return kernel;
}

/// Why the shader cannot run here; null if it can.
const char* what_is_missing(const vulkan::DeviceInfo& info) {
  if (info.matrix_shapes.empty()) return "no matrix units";
  if (vulkan::find_shader_if("linear_matrix") == nullptr) {
    return "the shader compiler does not know GL_KHR_cooperative_matrix";
  }
  return nullptr;
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "linear_matrix: every tail and epilogue, every matrix shape") {
  const vulkan::DeviceInfo& info = context().device().info();
  if (const char* const reason = what_is_missing(info)) return test::skip(reason);
  Random random;
  CAPTURE(random.seed());
  for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
    check_tails(*this, random, matrix(info, shape, 1, 1, 1, 1, 1, 1, false));
    check_tails(*this, random, matrix(info, shape, 2, 2, 2, 2, 2, 2, false));
    check_tails(*this, random, matrix(info, shape, 2, 2, 2, 2, 2, 2, true));
    check_tails(*this, random, matrix(info, shape, 1, 3, 3, 1, 3, 2, false));
    check_tails(*this, random, matrix(info, shape, 3, 1, 1, 3, 1, 1, true));
    Kernel wide = matrix(info, shape, 2, 1, 1, 2, 2, 2, true);
    wide.of_plan.shader = "linear_matrix_f16_f32";
    wide.half_out = false;
    check_tails(*this, random, wide);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear_matrix: an unsupported subgroup size is refused") {
  const vulkan::DeviceInfo& info = context().device().info();
  if (const char* const reason = what_is_missing(info)) return test::skip(reason);
  for (const std::uint32_t width : {info.min_subgroup_size / 2, info.max_subgroup_size * 2,
                                    info.min_subgroup_size + info.min_subgroup_size / 2}) {
    Kernel kernel = matrix(info, info.matrix_shapes.front(), 1, 1, 1, 1, 1, 1, false);
    std::get<kernels::LinearMatrixConstants>(kernel.of_plan.constants).local_size_x = width;
    CHECK_THROWS_AS(context().pipeline(kernel.of_plan.shader,
                                       kernel.of_plan.specialization(false, false, false)),
                    UnsupportedError);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "linear_matrix: sizes of a real network") {
  const vulkan::DeviceInfo& info = context().device().info();
  if (const char* const reason = what_is_missing(info)) return test::skip(reason);
  Random random;
  CAPTURE(random.seed());
  const vulkan::MatrixShape& shape = info.matrix_shapes.front();
  check_network(*this, random, matrix(info, shape, 2, 2, 4, 4, 2, 2, false));
  check_network(*this, random, matrix(info, shape, 2, 4, 4, 2, 2, 1, true));
}
