#pragma once

#include <cstdint>
#include <string>

/// Numbers with their units, as text for tables and messages.
namespace app {

/// A file's size in MB (10⁶ bytes): "61.3 MB".
std::string megabytes(std::int64_t bytes);
/// A device's memory, rounded: "512 MiB", "15.6 GiB".
std::string memory_size(std::uint64_t bytes);
/// What is used of a device's memory, with three significant digits: "12 B", "1.50 KiB", "61.3
/// MiB".
std::string used_memory(std::uint64_t bytes);

/// The value with three significant digits, but at most four decimals: "0.0123", "1.23", "12.3",
/// "123".
std::string digits(double value);
/// The value as digits() gives it, with an SI prefix and the unit. scaled(1.23e10, "B/s") is
/// "12.3 GB/s".
std::string scaled(double value, const char* unit);
std::string milliseconds(double seconds);
std::string nanoseconds(double seconds);
/// A share of 1, in percent: "12.3 %".
std::string percent(double share);
/// "14×28".
std::string extent(std::int64_t height, std::int64_t width);

}  // namespace app
