#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::test {

/// A storage buffer that the test reads and writes directly. Zeroed unless values are given.
template <typename T>
class MappedBuffer {
 public:
  MappedBuffer(const vulkan::Device& device, std::size_t count)
      : memory_(device, count * sizeof(T), vulkan::MemoryKind::kShared),
        buffer_(device, memory_, count * sizeof(T)),
        count_(count) {
    std::memset(memory_.mapped().data(), 0, memory_.mapped().size());
  }
  MappedBuffer(const vulkan::Device& device, std::span<const T> values)
      : MappedBuffer(device, values.size()) {
    std::copy(values.begin(), values.end(), data());
  }
  MappedBuffer(const vulkan::Device& device, const std::vector<T>& values)
      : MappedBuffer(device, std::span<const T>(values)) {}

  const vulkan::Buffer& buffer() const { return buffer_; }
  const vulkan::Memory& memory() const { return memory_; }
  T* data() { return reinterpret_cast<T*>(memory_.mapped().data()); }
  std::span<T> values() { return {data(), count_}; }
  std::vector<T> copy() { return {data(), data() + count_}; }

 private:
  vulkan::Memory memory_;
  vulkan::Buffer buffer_;
  std::size_t count_;
};

}  // namespace gfnet::test
