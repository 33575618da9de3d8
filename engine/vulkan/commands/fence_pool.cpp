#include "vulkan/commands/fence_pool.h"

#include <fmt/format.h>

#include "gfnet/error.h"

namespace gfnet::vulkan {
namespace {

/// Number of parts that the time limit is divided into. Each is waited for by itself.
constexpr int kWaits = 10;

}  // namespace

Fence FencePool::take(const DeviceFunctions& vk) {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Fence owner = std::move(idle_.back());
      idle_.pop_back();
      const VkFence fence = owner.get();
      GFNET_VK(vk.vkResetFences(vk.device, 1, &fence));
      return owner;
    }
  }
  VkFenceCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  GFNET_VK(vk.vkCreateFence(vk.device, &create, nullptr, &fence));
  return {vk, fence};
}

void FencePool::give_back(Fence fence) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(fence));
}

VkResult FencePool::result_of_wait(const DeviceFunctions& vk, VkFence fence) noexcept {
  using Clock = std::chrono::steady_clock;
  if (*vk.hangs) return VK_TIMEOUT;
  const std::chrono::nanoseconds each = std::chrono::nanoseconds(patience_) / kWaits;
  for (int in_vain = 0; in_vain < kWaits;) {
    const Clock::time_point start = Clock::now();
    const VkResult result =
        vk.vkWaitForFences(vk.device, 1, &fence, VK_TRUE, static_cast<std::uint64_t>(each.count()));
    if (result != VK_TIMEOUT) return result;
    // A part that lasted at least twice as long does not count: the process was stopped meanwhile
    // (Ctrl-Z), and a software driver, which runs in this process, with it.
    if (Clock::now() - start < 2 * each) ++in_vain;
  }
  *vk.hangs = true;
  return VK_TIMEOUT;
}

void FencePool::wait(const DeviceFunctions& vk, VkFence fence) {
  const VkResult result = result_of_wait(vk, fence);
  if (result == VK_TIMEOUT) {
    throw VulkanError(fmt::format("waiting {} s for the device", patience_.count()), VK_TIMEOUT,
                      "VK_TIMEOUT");
  }
  check(result, "vkWaitForFences");
}

void FencePool::wait_quietly(const DeviceFunctions& vk, VkFence fence) noexcept {
  result_of_wait(vk, fence);
}

}  // namespace gfnet::vulkan
