// Devices of the program that the engine adopts: which features they may claim, and which mistakes
// are named.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "gfnet/error.h"
#include "gfnet/interop.h"
#include "support/altered_loader.h"
#include "support/program_device.h"

using namespace gfnet;
using gfnet::test::ProgramDevice;

namespace {

/// Calls `use` with every AdoptedDevice that lacks one handle.
void for_each_missing_handle(const AdoptedDevice& whole,
                             const std::function<void(const AdoptedDevice&)>& use) {
  AdoptedDevice part = whole;
  part.instance = nullptr;
  use(part);
  part = whole;
  part.physical_device = nullptr;
  use(part);
  part = whole;
  part.device = nullptr;
  use(part);
  part = whole;
  part.queue = nullptr;
  use(part);
}

/// Checks that the engine uses nothing beyond what Vulkan 1.1 guarantees, whatever the program has
/// enabled.
void check_minimum(const DeviceDescription& device) {
  CHECK_FALSE(device.fp16_storage);
  CHECK_FALSE(device.fp16_arithmetic);
  CHECK_FALSE(device.matrix_units);
  CHECK_FALSE(device.timestamps);
  CHECK(device.subgroup_size == 1);
}

}  // namespace

TEST_CASE("an adopted device: features of the core need no extension") {
  ProgramDevice program;
  test::AlteredLoader loader;
  loader.hidden_extensions = {
      VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME, VK_KHR_8BIT_STORAGE_EXTENSION_NAME,
      VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME, VK_KHR_VULKAN_MEMORY_MODEL_EXTENSION_NAME};
  struct Feature {
    const char* name;
    std::uint32_t version;
    bool is_there;
    std::vector<bool AdoptedDevice::*> members;
  };
  const vulkan::DeviceInfo& info = program.info();
  const std::vector<Feature> features{
      {"f16", VK_API_VERSION_1_2, info.fp16_arithmetic, {&AdoptedDevice::shader_float16}},
      {"int8", VK_API_VERSION_1_2, info.int8_arithmetic, {&AdoptedDevice::shader_int8}},
      {"int64", VK_API_VERSION_1_1, info.int64_arithmetic, {&AdoptedDevice::shader_int64}},
      {"bytes",
       VK_API_VERSION_1_2,
       info.int8_storage,
       {&AdoptedDevice::storage_buffer_8bit_access}},
      {"subgroups",
       VK_API_VERSION_1_3,
       info.subgroup_size_control,
       {&AdoptedDevice::subgroup_size_control, &AdoptedDevice::compute_full_subgroups}}};
  for (const Feature& feature : features) {
    CAPTURE(feature.name);
    AdoptedDevice adopted = program.adopted();
    adopted.get_instance_proc_addr = &test::AlteredLoader::get;
    for (bool AdoptedDevice::*const member : feature.members) adopted.*member = true;
    for (const std::uint32_t version :
         {VK_API_VERSION_1_1, VK_API_VERSION_1_2, VK_API_VERSION_1_3}) {
      CAPTURE(version);
      adopted.api_version = version;
      if (info.guaranteed_only) {
        check_minimum(SharedDevice::adopt(adopted).description());
      } else if (feature.is_there && std::min(version, info.api_version) >= feature.version) {
        CHECK_NOTHROW(SharedDevice::adopt(adopted));
      } else {
        CHECK_THROWS_WITH_AS(SharedDevice::adopt(adopted),
                             doctest::Contains("does not have the feature"), ArgumentError);
      }
    }
  }
}

TEST_CASE("an adopted device: matrix units only together with f16 and the memory model") {
  ProgramDevice program;
  test::AlteredLoader loader;
  loader.with_matrix_units = true;
  for (unsigned enabled = 0; enabled < 8; ++enabled) {
    CAPTURE(enabled);
    AdoptedDevice adopted = program.adopted();
    adopted.get_instance_proc_addr = &test::AlteredLoader::get;
    adopted.shader_float16 = (enabled & 1) != 0;
    adopted.vulkan_memory_model = (enabled & 2) != 0;
    adopted.cooperative_matrix = (enabled & 4) != 0;
    const SharedDevice shared = SharedDevice::adopt(adopted);
    const bool usable = enabled == 7 && !program.info().guaranteed_only;
    CHECK(shared.description().matrix_units == usable);
    CHECK(shared.description().matrix_shapes.empty() == !usable);
  }
}

TEST_CASE("an adopted device: mistakes are named") {
  ProgramDevice program;
  const AdoptedDevice whole = program.adopted();
  for_each_missing_handle(whole, [](const AdoptedDevice& part) {
    CHECK_THROWS_WITH_AS(SharedDevice::adopt(part), doctest::Contains("is null"), ArgumentError);
  });
  AdoptedDevice wrong = whole;
  wrong.queue_family = 77;
  CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), doctest::Contains("queue family 77"),
                       ArgumentError);
  wrong = whole;
  wrong.api_version = 0;  // as it is if the program forgets it
  CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), "AdoptedDevice::api_version is 0",
                       ArgumentError);
  wrong = whole;
  wrong.api_version = VK_API_VERSION_1_0;
  CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), doctest::Contains("before 1.1"),
                       UnsupportedError);
  wrong = whole;
  wrong.storage_buffer_16bit_access = true;
  wrong.shader_float16 = true;
  wrong.shader_int8 = true;
  wrong.shader_int64 = true;
  wrong.storage_buffer_8bit_access = true;
  const vulkan::DeviceInfo& info = program.info();
  if (info.guaranteed_only) {
    check_minimum(SharedDevice::adopt(wrong).description());
  } else if (!info.fp16_storage || !info.fp16_arithmetic || !info.int8_arithmetic ||
             !info.int64_arithmetic || !info.int8_storage) {
    CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), doctest::Contains("does not have the feature"),
                         ArgumentError);
  }
  // Looks functions up where the program says.
  wrong = whole;
  test::AlteredLoader loader;
  wrong.get_instance_proc_addr = &test::AlteredLoader::get;
  loader.without_compute = true;
  CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), doctest::Contains("compute on queue family"),
                       UnsupportedError);
  loader.device_version = VK_API_VERSION_1_0;
  CHECK_THROWS_WITH_AS(SharedDevice::adopt(wrong), doctest::Contains("the engine needs 1.1"),
                       UnsupportedError);
}
