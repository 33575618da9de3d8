#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "gfnet/interop.h"
#include "vulkan/instance.h"

namespace gfnet::test {

/// What a program that embeds the engine has: a Vulkan instance and a device of its own, on the
/// wanted driver, with validation. Any validation message fails the test case, including those
/// about objects that are left when the device is destroyed.
class ProgramDevice {
 public:
  struct Options {
    bool storage_buffer_16bit_access = false;
  };
  ProgramDevice() : ProgramDevice(Options{}) {}
  explicit ProgramDevice(const Options& options);
  ~ProgramDevice();
  ProgramDevice(const ProgramDevice&) = delete;
  ProgramDevice& operator=(const ProgramDevice&) = delete;

  /// Says that the engine may leave objects behind when the device is destroyed, because it took
  /// the device for hung.
  void expect_leaks() { leaks_ = true; }

  /// What SharedDevice::adopt() needs.
  AdoptedDevice adopted();
  const vulkan::DeviceInfo& info() const { return info_; }
  const vulkan::InstanceFunctions& instance_functions() const { return instance_.vk(); }
  const vulkan::DeviceFunctions& vk() const { return *vk_; }
  VkDevice device() const { return device_; }
  std::mutex& queue_mutex() { return queue_mutex_; }

  VkSemaphore make_semaphore();
  /// Submits a copy between two buffers, after `wait` and before `signal` if they are not null.
  /// Returns without waiting.
  void submit_copy(VkBuffer from, VkBuffer to, std::uint64_t bytes,
                   VkSemaphore wait = VK_NULL_HANDLE, VkSemaphore signal = VK_NULL_HANDLE);
  void wait_idle();

 private:
  template <typename Function>
  Function load(const char* name) const {
    return reinterpret_cast<Function>(instance_.vk().vkGetDeviceProcAddr(device_, name));
  }

  vulkan::Instance instance_;
  vulkan::DeviceInfo info_;
  Options options_;
  VkDevice device_ = VK_NULL_HANDLE;
  std::optional<vulkan::DeviceFunctions> vk_;
  VkQueue queue_ = VK_NULL_HANDLE;
  std::mutex queue_mutex_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  std::vector<VkSemaphore> semaphores_;
  bool leaks_ = false;
};

/// A buffer of the program in host-visible memory, for copies and as a storage buffer.
class ProgramBuffer {
 public:
  ProgramBuffer(ProgramDevice& device, std::uint64_t bytes);
  ~ProgramBuffer();
  ProgramBuffer(const ProgramBuffer&) = delete;
  ProgramBuffer& operator=(const ProgramBuffer&) = delete;

  VkBuffer handle() const { return buffer_; }
  std::span<std::byte> mapped() const { return mapped_; }

 private:
  ProgramDevice& device_;
  VkBuffer buffer_ = VK_NULL_HANDLE;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  std::span<std::byte> mapped_;
};

}  // namespace gfnet::test
