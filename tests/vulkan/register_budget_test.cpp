#include "vulkan/query/register_budget.h"

#include <doctest/doctest.h>

using namespace gfnet;

namespace {

/// As a driver describes its device.
vulkan::DeviceInfo device(std::uint32_t vendor_id, std::uint32_t device_id, const char* name,
                          std::uint32_t min_subgroup_size) {
  vulkan::DeviceInfo info;
  info.vendor_id = vendor_id;
  info.device_id = device_id;
  info.name = name;
  info.min_subgroup_size = min_subgroup_size;
  return info;
}

}  // namespace

TEST_CASE("register_budget: each vendor's devices, by what their drivers say of themselves") {
  const auto registers = [](const vulkan::DeviceInfo& info) {
    return vulkan::register_budget(info).registers;
  };
  const auto haswell = device(0x8086, 0x0412, "Intel(R) HD Graphics 4600 (HSW GT2)", 8);
  const auto broadwell = device(0x8086, 0x1616, "Intel(R) HD Graphics 5500 (BDW GT2)", 8);
  const auto tiger_lake = device(0x8086, 0x9A49, "Intel(R) Iris(R) Xe Graphics (TGL GT2)", 8);
  const auto skylake = device(0x8086, 0x1912, "Intel(R) HD Graphics 530 (SKL GT2)", 8);
  const auto battlemage = device(0x8086, 0xE20B, "Intel(R) Arc(tm) B580 Graphics (BMG G21)", 16);
  CHECK(registers(haswell) == registers(broadwell));
  CHECK(registers(broadwell) < registers(skylake));
  CHECK(registers(skylake) == registers(tiger_lake));
  const auto panther_lake = device(0x8086, 0xB080, "Intel(R) Arc(tm) B390 (PTL)", 16);
  CHECK(registers(battlemage) == registers(tiger_lake));
  CHECK(registers(panther_lake) == 2 * registers(battlemage));
  CHECK(vulkan::register_budget(tiger_lake).width == 8);
  CHECK(vulkan::register_budget(battlemage).width == 16);
  CHECK(registers(device(0x5143, 0x06050000, "Turnip Adreno (TM) 650", 64)) > 0);
  CHECK(registers(device(0x5143, 0x43050A01, "Turnip Adreno (TM) 740v3", 64)) == 0);
  CHECK(registers(device(0x10005, 0, "Apple M1 (G13G B0)", 32)) > 0);
  CHECK(registers(device(0x106B, 0, "Apple M2", 32)) > 0);
  CHECK(vulkan::register_budget(device(0x13B5, 0xA867, "Mali-G610 MC4", 16)).packs_halves);
  CHECK(registers(device(0x14E4, 0x42, "V3D 4.2.14.0", 16)) > 0);
  const auto axe = device(0x1010, 0x1000, "PowerVR A-Series AXE-1-16M", 32);
  const auto bxs = device(0x1010, 0x1000, "PowerVR B-Series BXS-4-64 MC1", 32);
  CHECK(registers(axe) == registers(bxs));
  CHECK(vulkan::register_budget(axe).workgroup == 32);
  CHECK(vulkan::register_budget(bxs).workgroup == 0);
  CHECK(registers(device(0x1002, 0x744C, "AMD Radeon RX 7900 XTX (RADV NAVI31)", 64)) == 0);
  CHECK(registers(device(0x10DE, 0x2330, "NVIDIA H200", 32)) == 0);
  CHECK(registers(device(0x10005, 0, "llvmpipe (LLVM 15.0.6, 256 bits)", 8)) == 0);
}
