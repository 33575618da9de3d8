#pragma once

#include <cstdint>

#include "vulkan/device.h"

namespace gfnet::test {

/// Counts the submissions and the waits of a device for one test case, and makes submissions fail
/// if asked. One object may exist at a time. device must outlive it.
class DeviceCalls {
 public:
  explicit DeviceCalls(vulkan::Device& device)
      // The device has this table as a member that is not const.
      : functions_(const_cast<vulkan::DeviceFunctions&>(device.vk())), real_(functions_) {
    current_ = this;
    functions_.vkQueueSubmit = [](VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos,
                                  VkFence fence) -> VkResult {
      const bool fails = current_->submissions_++ == current_->failing_;
      return fails ? VK_ERROR_OUT_OF_HOST_MEMORY
                   : current_->real_.vkQueueSubmit(queue, count, infos, fence);
    };
    functions_.vkWaitForFences = [](VkDevice handle, std::uint32_t count, const VkFence* fences,
                                    VkBool32 all, std::uint64_t timeout) -> VkResult {
      ++current_->waits_;
      return current_->real_.vkWaitForFences(handle, count, fences, all, timeout);
    };
  }
  ~DeviceCalls() {
    functions_ = real_;
    current_ = nullptr;
  }
  DeviceCalls(const DeviceCalls&) = delete;
  DeviceCalls& operator=(const DeviceCalls&) = delete;

  /// Counts from 0 again. The submission with number `failing` (from 0) fails without any effect,
  /// as if host memory had run out; none fails if it is negative.
  void restart(int failing = -1) {
    submissions_ = 0;
    waits_ = 0;
    failing_ = failing;
  }
  int submissions() const { return submissions_; }
  int waits() const { return waits_; }

 private:
  static inline DeviceCalls* current_ = nullptr;

  vulkan::DeviceFunctions& functions_;
  const vulkan::DeviceFunctions real_;
  int submissions_ = 0;
  int waits_ = 0;
  int failing_ = -1;
};

}  // namespace gfnet::test
