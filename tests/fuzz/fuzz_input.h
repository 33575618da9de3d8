#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gfnet::test {

/// The bytes that libFuzzer gave, in the types that the readers take.
inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file in memory that holds the bytes: for readers that take a path.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Its descriptor, at the first byte.
  int descriptor() const { return descriptor_; }
  /// A path that opens it.
  const std::string& path();

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace gfnet::test
