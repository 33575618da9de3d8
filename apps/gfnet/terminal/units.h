#pragma once

#include <cstdint>
#include <string>

/// Numbers with their units, as text for tables and messages.
namespace app {

/// A file's size in MB (10⁶ bytes): "61.3 MB".
std::string megabytes(std::int64_t bytes);
/// Size of a device's memory, rounded: "512 MiB", "15.6 GiB".
std::string memory_size(std::uint64_t bytes);
/// Amount of device memory that is in use, with three significant digits: "12 B", "1.50 KiB", "61.3
/// MiB".
std::string used_memory(std::uint64_t bytes);

/// The value with three significant digits, but at most four decimals: "0.0123", "1.23", "12.3",
/// "123". A larger value has all digits before the point: "1234".
std::string digits(double value);
/// The value with an SI prefix and the unit; the number is written as by digits(). scaled(1.23e10,
/// "B/s") is "12.3 GB/s".
std::string scaled(double value, const char* unit);
std::string milliseconds(double seconds);
std::string nanoseconds(double seconds);
/// The share, a number from 0 to 1, in percent: "12.3 %".
std::string percent(double share);
/// Height × width: "14×28".
std::string extent(std::int64_t height, std::int64_t width);

}  // namespace app
