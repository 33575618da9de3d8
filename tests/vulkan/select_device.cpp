#include <doctest/doctest.h>

#include <vector>

#include "gfnet/error.h"
#include "vulkan/device_info.h"

namespace gfnet::vulkan {
namespace {

DeviceInfo device(std::uint32_t index, const char* name, const char* driver, DeviceType type) {
  DeviceInfo info;
  info.index = index;
  info.name = name;
  info.driver = driver;
  info.type = type;
  return info;
}

std::vector<DeviceInfo> four() {
  return {device(0, "llvmpipe (LLVM 15)", "llvmpipe", DeviceType::kCpu),
          device(1, "Intel(R) UHD Graphics 770", "Intel open-source Mesa", DeviceType::kIntegrated),
          device(2, "AMD Radeon RX 6800", "radv", DeviceType::kDiscrete),
          device(3, "AMD Radeon RX 7900", "radv", DeviceType::kDiscrete)};
}

TEST_CASE("the default device is the first discrete one") {
  CHECK(select_device(four(), "").index == 2);
  std::vector<DeviceInfo> rest = four();
  rest.resize(2);
  CHECK(select_device(rest, "").index == 1);
  rest.resize(1);
  CHECK(select_device(rest, "").index == 0);
}

TEST_CASE("a device is named by index or by part of its name or driver in any case") {
  CHECK(select_device(four(), "0").index == 0);
  CHECK(select_device(four(), "3").index == 3);
  CHECK(select_device(four(), "uhd").index == 1);
  CHECK(select_device(four(), "LLVMPIPE").index == 0);
  CHECK(select_device(four(), "RADV").index == 2);
  CHECK(select_device(four(), "7900").index == 3);
}

TEST_CASE("several devices: all GPUs, or a list that may repeat a device") {
  using Places = std::vector<std::size_t>;
  CHECK(select_devices(four(), "all") == Places{1, 2, 3});
  std::vector<DeviceInfo> software{four()[0], four()[0]};
  software[1] = device(1, "SwiftShader Device (LLVM, 5.0)", "SwiftShader", DeviceType::kCpu);
  CHECK(select_devices(software, "all") == Places{0, 1});
  CHECK(select_devices(four(), "") == Places{2});
  CHECK(select_devices(four(), "3") == Places{3});
  CHECK(select_devices(four(), "3,1") == Places{3, 1});
  CHECK(select_devices(four(), "7900,7900,uhd") == Places{3, 3, 1});
  // A comma may be part of a name.
  CHECK(select_devices(software, "(LLVM, 5.0)") == Places{1});
  CHECK(select_devices(software, "llvmpipe,SwiftShader") == Places{0, 1});
  CHECK_THROWS_WITH_AS(select_devices(four(), "0,4"),
                       doctest::Contains("no device '4'; available: 0"), NoDeviceError);
  CHECK_THROWS_WITH_AS(select_device(four(), "a\nb\x1b"),
                       doctest::Contains("no device 'a\\x0ab\\x1b'; available: 0"), NoDeviceError);
  for (const char* text : {"0,", ",0", "0,,1", ","}) {
    CHECK_THROWS_AS(select_devices(four(), text), ArgumentError);
  }
  CHECK_THROWS_AS(select_devices({}, "all"), NoDeviceError);
}

TEST_CASE("the message that no device fits names those that are not usable, and why") {
  const std::string old = "Adreno (TM) 610 (Vulkan 1.0.131; the engine needs 1.1)";
  const std::string all[] = {old, "another (no queue computes)"};
  CHECK_THROWS_WITH_AS(select_device({}, "", all),
                       doctest::Contains(("Not usable: " + old + ", another").c_str()),
                       NoDeviceError);
  CHECK_THROWS_WITH_AS(select_devices({}, "all", all), doctest::Contains(old.c_str()),
                       NoDeviceError);
  CHECK_THROWS_WITH_AS(select_device(four(), "610", all), doctest::Contains(old.c_str()),
                       NoDeviceError);
  CHECK(select_device(four(), "", all).index == 2);
}

TEST_CASE("an unknown device is an error that lists the devices") {
  for (const char* want : {"nvidia", "4", "7", "-1"}) {
    CAPTURE(want);
    try {
      select_device(four(), want);
      FAIL("no error");
    } catch (const NoDeviceError& error) {
      const std::string text = error.what();
      CHECK(text.find(want) != std::string::npos);
      CHECK(text.find("Intel(R) UHD Graphics 770") != std::string::npos);
    }
  }
  CHECK_THROWS_AS(select_device({}, ""), NoDeviceError);
}

}  // namespace
}  // namespace gfnet::vulkan
