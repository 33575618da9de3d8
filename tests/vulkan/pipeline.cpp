#include "vulkan/pipelines/pipeline.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "base/half.h"
#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/pipelines/shader_reflection.h"
#include "vulkan/test_shaders.h"

namespace gfnet::vulkan {
namespace {

using test::DeviceFixture;
using test::MappedBuffer;
using Size = std::array<std::uint32_t, 3>;

TEST_CASE("reflection reads a shader's interface") {
  const ShaderReflection add = reflect(test::shader("add_value"));
  REQUIRE(add.buffers.size() == 1);
  CHECK(add.buffers[0].readable);
  CHECK(add.buffers[0].writable);
  CHECK(add.push_constant_bytes == 8);
  CHECK(add.specialization_ids == std::vector<std::uint32_t>{3, 7});
  CHECK(add.local_size[1] == 2);
  CHECK(add.local_size_id ==
        Size{3, ShaderReflection::kNotSpecialized, ShaderReflection::kNotSpecialized});

  const ShaderReflection scale = reflect(test::shader("scale"));
  REQUIRE(scale.buffers.size() == 2);
  CHECK(scale.buffers[0].readable);
  CHECK(!scale.buffers[0].writable);
  CHECK(!scale.buffers[1].readable);
  CHECK(scale.buffers[1].writable);
  CHECK(scale.local_size == Size{64, 1, 1});
  CHECK(scale.specialization_ids.empty());

  const ShaderReflection texels = reflect(test::shader("texels"));
  REQUIRE(texels.buffers.size() == 2);
  CHECK(texels.buffers[0].kind == ShaderReflection::BufferKind::kUniformTexel);
  CHECK(!texels.buffers[0].writable);
  CHECK(texels.push_constant_bytes == 0);
}

TEST_CASE("a variant of a shader is compiled with its macros") {
  CHECK(reflect(test::shader("halves")).push_constant_bytes == 0);
  CHECK(reflect(test::shader("halves_wide_push")).push_constant_bytes == 12);
}

TEST_CASE("shaders with interfaces that the engine does not support are refused") {
  CHECK_THROWS_AS(reflect(test::shader("uniform_block")), Error);
  CHECK_THROWS_AS(reflect(test::shader("binding_gap")), Error);
  const std::array<std::uint32_t, 4> garbage{1, 2, 3, 4};
  CHECK_THROWS_AS(reflect({"garbage", garbage}), Error);
  CHECK_THROWS_AS(reflect({"empty", {}}), Error);
}

TEST_CASE("embedded shaders are sorted and found by name") {
  const auto all = embedded_shaders();
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].name < all[i].name);
  for (const ShaderBinary& shader : all) {
    CAPTURE(shader.name);
    CHECK(find_shader(shader.name).spirv.data() == shader.spirv.data());
    CHECK_NOTHROW(reflect(shader));
  }
  CHECK_THROWS_AS(find_shader("no_such_shader"), Error);
  CHECK(find_shader_if("no_such_shader") == nullptr);
}

TEST_CASE_FIXTURE(DeviceFixture, "specialisation sets constants and the workgroup's size") {
  const std::uint32_t values[] = {16, 5};
  const Pipeline pipeline(device(), cache(), test::shader("add_value"), values);
  CHECK(pipeline.workgroup_size() == Size{16, 2, 1});
  CHECK(pipeline.workgroup_count({33, 2, 1}) == Size{3, 1, 1});
  CHECK(pipeline.workgroup_count({32, 3, 0}) == Size{2, 2, 0});
  MappedBuffer<std::uint32_t> data(device(), 33);
  CommandRecorder recorder(device());
  const Binding bindings[] = {{&data.buffer(), Access::kReadWrite}};
  recorder.dispatch(pipeline, bindings, test::CountAndValue{33, 2}, {33, 1, 1});
  const Recording recording = recorder.finish();
  device().submit(recording).wait();
  CHECK(data.copy() == std::vector<std::uint32_t>(33, 10));
}

TEST_CASE_FIXTURE(DeviceFixture, "a wrong number of specialisation constants is refused") {
  const std::uint32_t values[] = {16, 5, 1};
  const std::span<const std::uint32_t> all(values);
  CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("add_value"), all.first(1)), Error);
  CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("add_value"), all), Error);
  CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("scale"), all.first(1)), Error);
  CHECK_NOTHROW(Pipeline(device(), cache(), test::shader("add_value")));
}

TEST_CASE_FIXTURE(DeviceFixture, "a workgroup beyond the device's limits is refused") {
  for (std::uint32_t size : {0U, device().info().max_workgroup_invocations, 1U << 31}) {
    CAPTURE(size);
    const std::uint32_t values[] = {size, 1};
    CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("add_value"), values),
                    UnsupportedError);
  }
}

TEST_CASE_FIXTURE(DeviceFixture, "f16 runs where the device has it and is refused elsewhere") {
  const DeviceInfo& info = device().info();
  if (!info.fp16_storage || !info.fp16_arithmetic) {
    CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("halves")), UnsupportedError);
    return;
  }
  const Pipeline pipeline(device(), cache(), test::shader("halves"));
  std::vector<std::uint16_t> values;
  std::vector<std::uint16_t> expected;
  for (int i = 0; i < 100; ++i) {
    values.push_back(float_to_half(static_cast<float>(i) / 8));
    expected.push_back(float_to_half(static_cast<float>(i) / 4));
  }
  const MappedBuffer<std::uint16_t> source(device(), values);
  MappedBuffer<std::uint16_t> destination(device(), 100);
  CommandRecorder recorder(device());
  const Binding bindings[] = {{&source.buffer(), Access::kRead},
                              {&destination.buffer(), Access::kWrite}};
  recorder.dispatch(pipeline, bindings, {}, {100, 1, 1});
  const Recording recording = recorder.finish();
  device().submit(recording).wait();
  CHECK(destination.copy() == expected);
}

TEST_CASE_FIXTURE(DeviceFixture, "a driver's statistics are kept on request") {
  Pipeline::Options options;
  options.keep_statistics = true;
  const Pipeline pipeline(device(), cache(), test::shader("scale"), {}, options);
  const std::vector<PipelineStatistic> statistics = pipeline.statistics();
  if (!device().info().pipeline_statistics) CHECK(statistics.empty());
  for (const PipelineStatistic& statistic : statistics) {
    MESSAGE(statistic.executable << ": " << statistic.name << " = " << statistic.value);
  }
  CHECK(Pipeline(device(), cache(), test::shader("scale")).statistics().empty());
}

}  // namespace
}  // namespace gfnet::vulkan
