#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "gfnet/error.h"

/// Arguments of C functions, checked. `name` is the argument's name in the header.
namespace gfnet::c {

/// Throws ArgumentError if the pointer is null.
template <typename T>
T& required(T* pointer, const char* name) {
  if (pointer == nullptr) throw ArgumentError(std::string(name) + " is NULL");
  return *pointer;
}

/// Where a new handle goes: null until the call succeeds. Throws ArgumentError if `to` is null.
/// Functions call it before anything else that can throw.
template <typename Handle>
Handle*& result_in(Handle** to, const char* name) {
  required(to, name) = nullptr;
  return *to;
}

/// The elements of an array. Throws ArgumentError if the pointer is null and the count is not 0,
/// and if no memory holds so many, as if a negative number was given.
template <typename T>
std::span<T> array(T* first, std::size_t count, const char* name) {
  if (count > 0) required(first, name);
  if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T))
    throw ArgumentError(std::string(name) + ": the count is too large");
  return {first, count};
}

/// Bytes of memory. Throws as array() does.
inline std::span<const std::byte> bytes_of(const void* first, std::size_t size) {
  return array(static_cast<const std::byte*>(first), size, "bytes");
}

/// The text, or "" for null.
inline std::string optional_text(const char* text) { return text == nullptr ? "" : text; }

/// Several texts. Throws ArgumentError if one of them is null.
inline std::vector<std::string> texts_of(const char* const* first, std::size_t count,
                                         const char* name) {
  std::vector<std::string> texts;
  for (const char* text : array(first, count, name)) {
    texts.emplace_back(
        &required(text, (name + ("[" + std::to_string(texts.size()) + "]")).c_str()));
  }
  return texts;
}

/// A path of UTF-8 text. Where paths are bytes, the bytes stay as they are.
inline std::filesystem::path path_of(const char* text) {
  return std::filesystem::path(reinterpret_cast<const char8_t*>(text));
}

/// The opposite of path_of().
inline std::string text_of(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

/// The enumerator with this number. Throws ArgumentError unless the number is at least 0 and at
/// most that of `last`.
template <typename Enum>
Enum enumerator(std::int32_t number, Enum last, const char* name) {
  if (number < 0 || number > static_cast<std::int32_t>(last)) {
    throw ArgumentError(std::string(name) + " is " + std::to_string(number) + ", not 0 to " +
                        std::to_string(static_cast<std::int32_t>(last)));
  }
  return static_cast<Enum>(number);
}

}  // namespace gfnet::c
