#include "vulkan/query/register_budget.h"

#include <string_view>

namespace gfnet::vulkan {
namespace {

// Vendors by their PCI numbers.
constexpr std::uint32_t kIntel = 0x8086;
constexpr std::uint32_t kQualcomm = 0x5143;
constexpr std::uint32_t kArm = 0x13B5;
constexpr std::uint32_t kBroadcom = 0x14E4;
constexpr std::uint32_t kImagination = 0x1010;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Ivy Bridge to Braswell: graphics of the generations 7 and 8.
bool is_early_intel(std::uint32_t device_id) {
  return device_id < 0x1000 || (device_id & 0xFF00) == 0x1600 || (device_id & 0xFFF0) == 0x22B0;
}

/// Panther Lake and Wildcat Lake: graphics of the generation Xe3.
bool is_xe3(std::uint32_t device_id) {
  return (device_id & 0xFF00) == 0xB000 || (device_id & 0xFFF0) == 0xFD80;
}

/// Estimated registers that compile without spills.
std::uint32_t intel_registers(std::uint32_t device_id) {
  if (is_early_intel(device_id)) return 66;
  return is_xe3(device_id) ? 220 : 110;
}

}  // namespace

RegisterBudget register_budget(const DeviceInfo& device) {
  // Honeykrisp gives Mesa's number as the vendor's, MoltenVK gives Apple's.
  if (contains(device.name, "Apple")) return {.registers = 120, .packs_halves = true};
  switch (device.vendor_id) {
    case kIntel:
      // A subgroup has 128 registers, on Xe3 up to 256. Each is as wide as the narrowest subgroup: 8
      // lanes, from Xe2 on 16.
      return {.registers = intel_registers(device.device_id), .width = device.min_subgroup_size};
    case kQualcomm:
      // Adreno 6xx. Later ones have more.
      return {.registers = contains(device.name, "(TM) 6") ? 110U : 0U};
    case kArm:
      return {.registers = 54, .packs_halves = true};  // there are 64
    case kBroadcom:
      return {.registers = 44};
    case kImagination:
      // The smallest series, AXE, gives 40 registers to an invocation of two subgroups, and more to
      // one of a single subgroup (of 32).
      return {.registers = 44, .workgroup = contains(device.name, "AXE") ? 32U : 0U};
    default:
      return {};
  }
}

}  // namespace gfnet::vulkan
