#pragma once

#include <cstddef>
#include <span>

namespace gfnet::system {

/// Memory of this process at fixed addresses, all zero. The system provides a page when it is first
/// written, so a large reservation that is hardly used costs little.
class ReservedMemory {
 public:
  ReservedMemory() = default;
  ~ReservedMemory();
  ReservedMemory(const ReservedMemory&) = delete;
  ReservedMemory& operator=(const ReservedMemory&) = delete;

  /// May be called once. bytes: more than 0. Returns false, and sets errno, if that fails.
  bool reserve(std::size_t bytes);
  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace gfnet::system
