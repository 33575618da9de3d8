#include "kernels/shaders/ceiling.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/context_fixture.h"
#include "support/mapped_buffer.h"
#include "support/skip.h"
#include "vulkan/commands/command_recorder.h"

using namespace gfnet;
using gfnet::test::ContextFixture;

TEST_CASE_FIXTURE(ContextFixture, "ceiling_matrix: computes as many products as requested") {
  vulkan::Device& device = context().device();
  const vulkan::DeviceInfo& info = device.info();
  if (info.matrix_shapes.empty()) return test::skip("no matrix units");
  if (vulkan::find_shader_if("ceiling_matrix") == nullptr) {
    return test::skip("the shader compiler does not know GL_KHR_cooperative_matrix");
  }
  const std::uint32_t subgroups = 2, workgroups = 3, chains = 4;
  for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
    const vulkan::Pipeline& pipeline = context().pipeline(
        "ceiling_matrix",
        kernels::specialize(kernels::CeilingMatrixConstants{
            info.subgroup_size, subgroups, shape.rows, shape.columns, shape.inner, chains}));
    const auto run = [&](std::uint32_t iterations) {
      test::MappedBuffer<float> y(device, 4 * subgroups * workgroups);
      vulkan::CommandRecorder recorder(device);
      const vulkan::Binding binding{&y.buffer(), Access::kWrite};
      recorder.dispatch(pipeline, {&binding, 1}, parameters::CeilingParameters{iterations},
                        {info.subgroup_size * workgroups, subgroups, 1});
      const vulkan::Recording recording = recorder.finish();
      device.submit(recording).wait();
      return y.copy();
    };
    // Every iteration adds the same product to sums that start at 0, 1, 2, …; the product's
    // elements are at most inner/256.
    const std::uint32_t n = 40;
    const std::vector<float> none = run(0), some = run(n), twice = run(2 * n);
    const double elements = static_cast<double>(shape.rows * shape.columns) / info.subgroup_size;
    const double largest = chains * elements * (chains + 2 * n * shape.inner / 256.0);
    bool any_differs = false;
    for (std::size_t i = 0; i < none.size(); ++i) {
      CHECK(none[i] == doctest::Approx(elements * chains * (chains - 1) / 2));
      CHECK(std::abs((twice[i] - none[i]) - 2.0 * (some[i] - none[i])) <=
            4 * n * 0x1p-23 * largest);
      any_differs = any_differs || std::abs(some[i] - none[i]) > 8 * n * 0x1p-23 * largest;
    }
    CHECK(any_differs);
  }
}
