#include "terminal/units.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace app {

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string memory_size(std::uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  return bytes >= 1 << 30 ? fmt::format("{:.1f} GiB", size / (1 << 30))
                          : fmt::format("{:.0f} MiB", size / (1 << 20));
}

std::string used_memory(std::uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (bytes >= 1 << 20) return digits(size / (1 << 20)) + " MiB";
  return bytes >= 1 << 10 ? digits(size / (1 << 10)) + " KiB" : fmt::format("{} B", bytes);
}

std::string digits(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
  return fmt::format("{:.{}f}", value, value == 0 ? 0 : decimals);
}

std::string scaled(double value, const char* unit) {
  static constexpr std::array<const char*, 6> kPrefixes{"", "k", "M", "G", "T", "P"};
  std::size_t power = 0;
  for (; power + 1 < kPrefixes.size() && std::abs(value) >= 999.5; ++power) value /= 1000;
  return fmt::format("{} {}{}", digits(value), kPrefixes[power], unit);
}

std::string milliseconds(double seconds) { return digits(seconds * 1e3) + " ms"; }

std::string nanoseconds(double seconds) { return digits(seconds * 1e9) + " ns"; }

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string extent(std::int64_t height, std::int64_t width) {
  return fmt::format("{}×{}", height, width);
}

}  // namespace app
