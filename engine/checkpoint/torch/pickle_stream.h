#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// A bounds-checked cursor over a pickle's bytes. Reading past the end throws FormatError.
class PickleStream {
 public:
  /// origin: offset of `bytes` in the file, for messages; FormatError::kNoOffset if the bytes were
  /// decompressed. `bytes` must outlive the stream, and the string views that the stream returns.
  PickleStream(std::filesystem::path path, std::span<const std::byte> bytes, std::int64_t origin);
  /// A cursor that starts at byte `origin` of a file and reads the file as far as it gets.
  PickleStream(FileBytes& file, std::uint64_t origin);

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  /// Reads a little-endian number of `width` bytes, up to 8.
  std::uint64_t number(std::size_t width);
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::string_view bytes(std::uint64_t count);
  /// Reads up to the next newline. The newline is consumed and not returned.
  std::string_view line();

  /// Throws FormatError with the offset of the last byte read.
  [[noreturn]] void fail(const std::string& cause) const;

 private:
  /// Makes bytes [0, end) of bytes_ valid, and some more.
  void need(std::size_t end);

  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
  std::int64_t origin_;
  std::size_t position_ = 0;
  /// The file that bytes_ belong to, if they are not valid from the start, and how many are.
  FileBytes* file_ = nullptr;
  std::size_t valid_;
};

}  // namespace gfnet::checkpoint
