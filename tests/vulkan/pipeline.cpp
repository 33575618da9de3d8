#include "vulkan/pipelines/pipeline.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/half.h"
#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/pipelines/shader_reflection.h"
#include "vulkan/pipelines/shared_memory.h"
#include "vulkan/pipelines/specialization_check.h"
#include "vulkan/test_shaders.h"

namespace gfnet::vulkan {
namespace {

using test::add_value;
using test::DeviceFixture;
using test::MappedBuffer;
using Size = std::array<std::uint32_t, 3>;
using Type = SpecializationConstant::Type;

/// The specialisation of shared_arrays.comp.
Specialization shared_arrays(std::uint32_t width, std::uint32_t rows, bool wide,
                             std::uint64_t bytes) {
  Specialization result;
  result.constants = {{"local_size_x", Type::kUint, width},
                      {"kRows", Type::kUint, rows},
                      {"kWide", Type::kBool, wide ? 1u : 0u}};
  result.workgroup = {width, 1, 1};
  result.shared_bytes = bytes;
  return result;
}

/// The shader's words without the instructions that name its variables and constants.
std::vector<std::uint32_t> without_names(const ShaderBinary& shader) {
  constexpr std::size_t kHeaderWords = 5;
  constexpr std::uint32_t kOpName = 5;
  std::vector<std::uint32_t> words(shader.spirv.begin(), shader.spirv.begin() + kHeaderWords);
  for (std::size_t at = kHeaderWords; at < shader.spirv.size(); at += shader.spirv[at] >> 16) {
    if ((shader.spirv[at] & 0xFFFFu) == kOpName) continue;
    const auto instruction = shader.spirv.subspan(at, shader.spirv[at] >> 16);
    words.insert(words.end(), instruction.begin(), instruction.end());
  }
  return words;
}

TEST_CASE("reflection reads a shader's interface") {
  const ShaderReflection add = reflect(test::shader("add_value"));
  REQUIRE(add.buffers.size() == 1);
  CHECK(add.buffers[0].readable);
  CHECK(add.buffers[0].writable);
  CHECK(add.push_constant_bytes == 8);
  REQUIRE(add.constants.size() == 2);
  CHECK(add.constants[0].id == 3);
  CHECK(add.constants[0].name == "local_size_x");
  CHECK(add.constants[1].id == 7);
  CHECK(add.constants[1].name == "kTimes");
  CHECK(add.constants[1].type == SpecializationConstant::Type::kUint);
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
  CHECK(scale.constants.empty());

  const ShaderReflection texels = reflect(test::shader("texels"));
  REQUIRE(texels.buffers.size() == 2);
  CHECK(texels.buffers[0].kind == ShaderReflection::BufferKind::kUniformTexel);
  CHECK(!texels.buffers[0].writable);
  CHECK(texels.push_constant_bytes == 0);
  const ShaderReflection uniform = reflect(test::shader("uniform_block"));
  REQUIRE(uniform.buffers.size() == 2);
  CHECK(uniform.buffers[0].kind == ShaderReflection::BufferKind::kUniform);
  CHECK(!uniform.buffers[0].writable);
}

TEST_CASE("a variant of a shader is compiled with its macros") {
  CHECK(reflect(test::shader("halves")).push_constant_bytes == 0);
  CHECK(reflect(test::shader("halves_wide_push")).push_constant_bytes == 12);
}

TEST_CASE("shaders with interfaces that the engine does not support are refused") {
  CHECK_THROWS_AS(reflect(test::shader("storage_image")), Error);
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

TEST_CASE("embedded shaders bind no more than Vulkan 1.1 guarantees") {
  using Kind = ShaderReflection::BufferKind;
  for (const ShaderBinary& shader : embedded_shaders()) {
    CAPTURE(shader.name);
    const ShaderReflection reflection = reflect(shader);
    const auto count = [&](Kind kind) {
      return std::ranges::count(reflection.buffers, kind, &ShaderReflection::BufferBinding::kind);
    };
    CHECK(count(Kind::kStorage) <= 4);        // maxPerStageDescriptorStorageBuffers
    CHECK(count(Kind::kUniform) <= 12);       // maxPerStageDescriptorUniformBuffers
    CHECK(count(Kind::kUniformTexel) <= 16);  // maxPerStageDescriptorSampledImages
    CHECK(reflection.push_constant_bytes <= 128);
  }
}

TEST_CASE_FIXTURE(DeviceFixture, "specialisation sets constants and the workgroup's size") {
  const Pipeline pipeline(device(), cache(), test::shader("add_value"), add_value(16, 5));
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

TEST_CASE_FIXTURE(DeviceFixture, "a specialisation that differs from the shader is refused") {
  const auto refuse = [&](const Specialization& specialization, const char* cause) {
    CHECK_THROWS_WITH_AS(Pipeline(device(), cache(), test::shader("add_value"), specialization),
                         cause, Error);
  };
  CHECK_NOTHROW(Pipeline(device(), cache(), test::shader("add_value"), add_value(16, 5)));
  CHECK_NOTHROW(Pipeline(device(), cache(), test::shader("add_value")));

  Specialization swapped = add_value(16, 5);
  std::swap(swapped.constants[0], swapped.constants[1]);
  refuse(swapped,
         "shader 'add_value': specialisation constant 0 is 'local_size_x' (constant_id 3) in the "
         "shader, but 'kTimes' in C++");
  Specialization missing = add_value(16, 5);
  missing.constants.pop_back();
  refuse(missing,
         "shader 'add_value' has 2 specialisation constants, but C++ gives 1: 'kTimes' "
         "(constant_id 7) is missing");
  Specialization added = add_value(16, 5);
  added.constants.push_back({"kMore", Type::kUint, 1});
  refuse(added,
         "shader 'add_value' has 2 specialisation constants, but C++ gives 3: 'kMore' is not in "
         "the shader");
  Specialization typed = add_value(16, 5);
  typed.constants[1].type = Type::kBool;
  refuse(typed,
         "shader 'add_value': specialisation constant 1 is 'kTimes' (constant_id 7), a uint in the "
         "shader, but a bool in C++");
  Specialization workgroup = add_value(16, 5);
  workgroup.workgroup = {16, 1, 1};
  refuse(workgroup, "shader 'add_value' has workgroups of 16×2×1, but C++ expects 16×1×1");
  Specialization shared = add_value(16, 5);
  shared.shared_bytes = 64;
  refuse(shared, "shader 'add_value' uses 0 bytes of shared memory, but C++ expects 64");
  Specialization push = add_value(16, 5);
  push.push_constant_bytes = 12;
  refuse(push, "shader 'add_value' has 8 bytes of push constants, but C++ has 12");
}

TEST_CASE("constants without names are compared by number and type") {
  const std::vector<std::uint32_t> words = without_names(test::shader("add_value"));
  const ShaderBinary shader{"nameless", words};
  const ShaderReflection reflection = reflect(shader);
  REQUIRE(reflection.constants.size() == 2);
  CHECK(reflection.constants[0].name == "local_size_x");
  CHECK(reflection.constants[1].name.empty());
  Specialization other = add_value(16, 5);
  other.constants[1].name = "kOther";
  CHECK_NOTHROW(check_specialization(shader, reflection, other));
  other.constants[1].type = Type::kBool;
  CHECK_THROWS_WITH_AS(check_specialization(shader, reflection, other),
                       doctest::Contains("constant_id 7, a uint in the shader"), Error);
}

TEST_CASE("a specialisation constant that is neither uint nor bool is refused") {
  CHECK_THROWS_WITH_AS(reflect(test::shader("float_constant")),
                       doctest::Contains("'kFactor' (constant_id 4) is neither a uint nor a bool"),
                       Error);
}

TEST_CASE("shared memory is computed from the specialisation constants") {
  const ShaderBinary& shader = test::shader("shared_arrays");
  const ShaderReflection reflection = reflect(shader);
  const auto bytes = [&](std::uint32_t width, std::uint32_t rows, bool wide) {
    return shared_memory_bytes(shader, reflection, shared_arrays(width, rows, wide, 0).constants);
  };
  // flags [rows + 1] uint, then sums [rows mod 4 + 1] vec3 and tile [wide ? 2·width : width] vec4,
  // both in steps of 16 bytes.
  CHECK(bytes(8, 3, false) == 16 + 4 * 16 + 8 * 16);
  CHECK(bytes(8, 4, false) == 32 + 1 * 16 + 8 * 16);
  CHECK(bytes(8, 4, true) == 32 + 1 * 16 + 16 * 16);
  CHECK(shared_memory_bytes(shader, reflection, {}) == 16 + 3 * 16 + 1 * 16);
  CHECK(shared_memory_bytes(test::shader("scale"), reflect(test::shader("scale")), {}) == 0);
}

TEST_CASE_FIXTURE(DeviceFixture, "shared memory beyond the device's limit is refused") {
  const std::uint32_t limit = device().info().max_shared_memory;
  const std::uint32_t rows = limit / 4;  // a multiple of 4
  CHECK_NOTHROW(
      Pipeline(device(), cache(), test::shader("shared_arrays"), shared_arrays(1, 4, false, 64)));
  CHECK_THROWS_WITH_AS(Pipeline(device(), cache(), test::shader("shared_arrays"),
                                shared_arrays(1, rows, false, limit + 16 + 16 + 16)),
                       doctest::Contains("bytes of shared memory (limit: "), UnsupportedError);
}

TEST_CASE_FIXTURE(DeviceFixture, "a shader runs in subgroups of the width that it asks for") {
  const DeviceInfo& info = device().info();
  REQUIRE(info.subgroup_basic);
  const auto subgroups = [](std::uint32_t width) {
    Specialization result;
    result.constants = {{"local_size_x", Type::kUint, width}};
    result.workgroup = {width, 1, 1};
    result.subgroup_width = width;
    return result;
  };
  const std::vector<std::uint32_t> widths = subgroup_widths(info);
  if (widths.empty()) {
    // Subgroups of such a device may have another width in each shader, so no width can be
    // required.
    CHECK_FALSE(info.subgroup_size_control);
    CHECK(info.min_subgroup_size < info.max_subgroup_size);
    for (const std::uint32_t width : {info.min_subgroup_size, info.max_subgroup_size}) {
      CHECK_THROWS_WITH_AS(Pipeline(device(), cache(), test::shader("subgroups"), subgroups(width)),
                           doctest::Contains("'subgroups' in subgroups of"), UnsupportedError);
    }
    return;
  }
  for (const std::uint32_t width : widths) {
    const Pipeline pipeline(device(), cache(), test::shader("subgroups"), subgroups(width));
    MappedBuffer<std::uint32_t> lanes(device(), width);
    CommandRecorder recorder(device());
    const Binding bindings[] = {{&lanes.buffer(), Access::kWrite}};
    recorder.dispatch(pipeline, bindings, {}, {width, 1, 1});
    const Recording recording = recorder.finish();
    device().submit(recording).wait();
    std::vector<std::uint32_t> all;
    for (std::uint32_t lane = 0; lane < width; ++lane) all.push_back(100 * width + lane);
    CHECK(lanes.copy() == all);
  }
  CHECK_THROWS_WITH_AS(
      Pipeline(device(), cache(), test::shader("subgroups"), subgroups(2 * widths.back())),
      doctest::Contains("'subgroups' in subgroups of"), UnsupportedError);
  Specialization unasked = subgroups(widths.back());
  unasked.subgroup_width = 0;
  CHECK_THROWS_WITH_AS(Pipeline(device(), cache(), test::shader("subgroups"), unasked),
                       doctest::Contains("does not ask for a subgroup width"), Error);
}

TEST_CASE_FIXTURE(DeviceFixture, "a workgroup beyond the device's limits is refused") {
  for (std::uint32_t size : {0U, device().info().max_workgroup_invocations, 1U << 31}) {
    CAPTURE(size);
    CHECK_THROWS_AS(Pipeline(device(), cache(), test::shader("add_value"), add_value(size, 1)),
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
