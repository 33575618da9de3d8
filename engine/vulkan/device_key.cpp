#include "vulkan/device_key.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace gfnet::vulkan {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_hex(std::string& text, std::uint64_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text += kDigits[static_cast<std::size_t>((value >> shift) & 0xFU)];
  }
}

}  // namespace

std::string device_key(const DeviceInfo& info) {
  std::string key = fmt::format("{}|{}|{}|", info.name, info.driver, info.driver_version);
  for (std::uint32_t number :
       {info.vendor_id, info.device_id, info.driver_version_number, info.api_version}) {
    append_hex(key, number, 8);
    key += '|';
  }
  for (std::uint8_t byte : info.pipeline_cache_uuid) append_hex(key, byte, 2);
  if (info.guaranteed_only) key += "|minimum";
  if (info.int64_arithmetic) key += "|int64";  // there are kernels that need it
  return key;
}

std::string device_file_tag(const DeviceInfo& info) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (char c : device_key(info)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  std::string tag;
  append_hex(tag, hash, 16);
  return tag;
}

}  // namespace gfnet::vulkan
