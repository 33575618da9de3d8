#include "vulkan/device_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gfnet/error.h"
#include "gfnet/text.h"
#include "system/vulkan_places.h"

namespace gfnet::vulkan {
namespace {

/// Order of preference: a device with a smaller rank is preferred.
int rank(DeviceType type) {
  switch (type) {
    case DeviceType::kDiscrete:
      return 0;
    case DeviceType::kIntegrated:
      return 1;
    case DeviceType::kVirtual:
      return 2;
    case DeviceType::kCpu:
      return 3;
    case DeviceType::kOther:
      return 4;
  }
  return 4;
}

/// The number that the text consists of; negative if the text is not a number.
std::int64_t index_of(std::string_view text) {
  std::int64_t index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc() && end == text.data() + text.size() ? index : -1;
}

std::string list_of(std::span<const DeviceInfo> devices) {
  std::string list;
  for (const DeviceInfo& device : devices) {
    if (!list.empty()) list += ", ";
    list += fmt::format("{}: {} ({})", device.index, device.name, device.driver);
  }
  return list;
}

[[noreturn]] void fail_without_devices(std::span<const std::string> unusable) {
  throw NoDeviceError("no Vulkan 1.1 device with a compute queue; " +
                      system::vulkan_driver_advice() + unusable_text(unusable));
}

/// Finds the device that select_device() returns; nullptr if no device matches.
const DeviceInfo* find_device(std::span<const DeviceInfo> devices, std::string_view want) {
  const std::int64_t index = index_of(want);
  for (const DeviceInfo& device : devices) {
    if (index >= 0 && device.index == index) return &device;
  }
  // One or two digits are always an index: "5" must not match the name "LLVM 15".
  const bool may_be_name = index < 0 || want.size() > 2;
  const std::string part = lower_case(want);
  const DeviceInfo* best = nullptr;
  for (const DeviceInfo& device : devices) {
    const bool fits = lower_case(device.name).find(part) != std::string::npos ||
                      lower_case(device.driver).find(part) != std::string::npos;
    if (may_be_name && fits && (best == nullptr || rank(device.type) < rank(best->type)))
      best = &device;
  }
  return best;
}

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

std::string_view name_of(DeviceType type) {
  switch (type) {
    case DeviceType::kDiscrete:
      return "discrete";
    case DeviceType::kIntegrated:
      return "integrated";
    case DeviceType::kVirtual:
      return "virtual";
    case DeviceType::kCpu:
      return "cpu";
    case DeviceType::kOther:
      return "other";
  }
  return "other";
}

std::vector<std::uint32_t> subgroup_widths(const DeviceInfo& device) {
  if (!device.subgroup_size_control) {
    if (device.min_subgroup_size != device.max_subgroup_size) return {};
    return {device.subgroup_size};
  }
  std::vector<std::uint32_t> widths;
  for (std::uint32_t width = device.min_subgroup_size; width <= device.max_subgroup_size;
       width *= 2) {
    widths.push_back(width);
  }
  return widths;
}

std::string unusable_text(std::span<const std::string> unusable) {
  if (unusable.empty()) return {};
  return fmt::format(". Not usable: {}", fmt::join(unusable, ", "));
}

const DeviceInfo& select_device(std::span<const DeviceInfo> devices, std::string_view want,
                                std::span<const std::string> unusable) {
  if (devices.empty()) fail_without_devices(unusable);
  const DeviceInfo* const found = find_device(devices, want);
  if (found == nullptr) {
    throw NoDeviceError(fmt::format("no device '{}'; available: {}{}", printable(want),
                                    list_of(devices), unusable_text(unusable)));
  }
  return *found;
}

std::vector<std::size_t> select_devices(std::span<const DeviceInfo> devices, std::string_view want,
                                        std::span<const std::string> unusable) {
  if (devices.empty()) fail_without_devices(unusable);
  const auto place_of = [&](const DeviceInfo& device) {
    return static_cast<std::size_t>(&device - devices.data());
  };
  std::vector<std::size_t> places;
  if (want == "all") {
    const auto is_gpu = [](const DeviceInfo& device) { return device.type != DeviceType::kCpu; };
    const bool has_gpu = std::ranges::any_of(devices, is_gpu);
    for (const DeviceInfo& device : devices) {
      if (!has_gpu || is_gpu(device)) places.push_back(place_of(device));
    }
    return places;
  }
  const DeviceInfo* const one = find_device(devices, want);
  const std::vector<std::string_view> parts = split_at_commas(want);
  if (one != nullptr || parts.size() == 1)
    return {place_of(select_device(devices, want, unusable))};
  for (const std::string_view part : parts) {
    if (part.empty()) {
      throw ArgumentError(fmt::format("devices '{}': the list has an empty entry", want));
    }
    places.push_back(place_of(select_device(devices, part, unusable)));
  }
  return places;
}

}  // namespace gfnet::vulkan
