#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "gfnet/error.h"

/// Structs with struct_size, which programs of other versions may have with fewer or more members.
/// `name` is the argument's name in the header. `first_size` is the size that the struct had in its
/// first version: no program has a smaller one.
namespace gfnet::c {

/// struct_size of a struct that may be smaller than Struct. Throws ArgumentError if it is below
/// `first_size`, as that of a struct that was not initialised.
template <typename Struct>
std::size_t checked_size(const Struct* given, std::size_t first_size, const char* name) {
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof(size));
  if (size < first_size) {
    throw ArgumentError(std::string(name) + "->struct_size is " + std::to_string(size) +
                        ", less than " + std::to_string(first_size) +
                        ": set it to the size of the struct");
  }
  return size;
}

/// The caller's options: defaults for null, 0 for members that the caller's version lacks. Throws
/// ArgumentError for an invalid struct_size, and UnsupportedError if a member that this version
/// lacks is not 0.
template <typename Options>
Options options_of(const Options* given, std::size_t first_size, const char* name) {
  Options options{};
  if (given == nullptr) return options;
  const std::size_t size = checked_size(given, first_size, name);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(Options); i < size; ++i) {
    if (bytes[i] != 0) {
      throw UnsupportedError(std::string(name) + " has options that this version of gfnet lacks");
    }
  }
  std::memcpy(&options, bytes, std::min(size, sizeof(Options)));
  return options;
}

/// Writes `info` to the caller's struct, as far as the caller's version has its members, and 0 to
/// those that this version lacks. struct_size stays. Throws ArgumentError for null or an invalid
/// struct_size.
template <typename Info>
void give(const Info& info, Info* to, std::size_t first_size, const char* name) {
  if (to == nullptr) throw ArgumentError(std::string(name) + " is NULL");
  const std::size_t size = checked_size(to, first_size, name);
  auto* const bytes = reinterpret_cast<unsigned char*>(to);
  constexpr std::size_t kBegin = sizeof(std::size_t);
  const std::size_t end = std::min(size, sizeof(Info));
  std::memcpy(bytes + kBegin, reinterpret_cast<const unsigned char*>(&info) + kBegin, end - kBegin);
  std::fill(bytes + end, bytes + size, static_cast<unsigned char>(0));
}

/// The size of a struct up to and with a member.
#define GFNET_SIZE_WITH(type, member) (offsetof(type, member) + sizeof(type::member))

}  // namespace gfnet::c
