#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "vulkan/device.h"
#include "vulkan/functions.h"
#include "vulkan/memory/memory_use.h"

/// VkFFT is a C header that calls Vulkan functions by name. While VkFFT is compiled
/// (vkfft_plan.cpp), these names lead to the tables of the device and the instance that the calling
/// thread works on. Functions that return a result also note failures, because VkFFT's own error
/// codes do not say whether memory ran out or the device was lost. Seven functions do more than
/// that:
/// - The query of a device's properties, which GFNET_LIMITS reduces (properties_of).
/// - Barriers and dispatches. VkFFT's barriers make writes visible to later reads only, but VkFFT's
/// dispatches also overwrite what an earlier dispatch wrote. VkFFT also ends with a barrier that
/// the recorder may not need. Here, VkFFT's own barriers are dropped. Between two consecutive
/// dispatches, a barrier is recorded that orders later writes too. The recorder adds the barriers
/// before the first and after the last dispatch.
/// - Waiting for fences. Waits no longer than Device::wait(). VkFFT destroys what a submission uses
/// when waiting for it fails, so the queue must be idle before.
/// - Submissions, with which VkFFT uploads its tables. They lock the mutex of the device's queue.
/// - Allocation and freeing of memory. They update the device's memory counter.
namespace gfnet::vulkan::vkfft_calls {

/// The memory that VkFFT allocated for a plan and has not freed. Key: bits_of() the memory's
/// handle.
using Allocations = std::map<std::uint64_t, CountedBytes>;

/// Sets the device, and the allocations of the plan, that this thread works on until the next
/// begin(). Call begin() before every call of a VkFFT function. `device` and `allocations` must
/// outlive that VkFFT call.
void begin(Device& device, Allocations& allocations);

/// The first call that failed since begin().
struct Failure {
  const char* function;
  VkResult result;
};
std::optional<Failure> failure();

/// Keeps a failure of `function` for failure(). Returns the result.
VkResult note(const char* function, VkResult result);
/// The Vulkan function `call`, named `function`, whose failures are noted.
template <typename... Args>
auto noted(const char* function, VkResult(VKAPI_PTR* call)(Args...)) {
  return [=](Args... args) { return note(function, call(args...)); };
}

const DeviceFunctions& device_functions();
const InstanceFunctions& instance_functions();

void get_physical_device_properties(VkPhysicalDevice device,
                                    VkPhysicalDeviceProperties* properties);
void cmd_pipeline_barrier(VkCommandBuffer commands, VkPipelineStageFlags from,
                          VkPipelineStageFlags to, VkDependencyFlags dependency,
                          std::uint32_t count, const VkMemoryBarrier* barriers,
                          std::uint32_t buffer_count, const VkBufferMemoryBarrier* buffer_barriers,
                          std::uint32_t image_count, const VkImageMemoryBarrier* image_barriers);
void cmd_dispatch(VkCommandBuffer commands, std::uint32_t x, std::uint32_t y, std::uint32_t z);
VkResult queue_submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos, VkFence fence);
VkResult wait_for_fences(VkDevice device, std::uint32_t count, const VkFence* fences, VkBool32 all,
                         std::uint64_t timeout);
VkResult allocate_memory(VkDevice device, const VkMemoryAllocateInfo* info,
                         const VkAllocationCallbacks* callbacks, VkDeviceMemory* memory);
void free_memory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks* callbacks);

}  // namespace gfnet::vulkan::vkfft_calls
