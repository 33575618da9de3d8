#include "vulkan/fft/vkfft_calls.h"

#include <mutex>
#include <utility>

#include "gfnet/error.h"
#include "vulkan/query/query_device.h"

namespace gfnet::vulkan::vkfft_calls {
namespace {

struct Context {
  Device* device = nullptr;
  Allocations* allocations = nullptr;
  /// Whether a dispatch was recorded since begin().
  bool dispatched = false;
  std::optional<Failure> failure;
};
thread_local Context context;

}  // namespace

void begin(Device& device, Allocations& allocations) {
  context = {.device = &device, .allocations = &allocations, .dispatched = false, .failure = {}};
}

std::optional<Failure> failure() { return context.failure; }

VkResult note(const char* function, VkResult result) {
  if (result < 0 && !context.failure) context.failure = {function, result};
  return result;
}

const DeviceFunctions& device_functions() { return context.device->vk(); }

const InstanceFunctions& instance_functions() { return context.device->instance().vk(); }

void get_physical_device_properties(VkPhysicalDevice device,
                                    VkPhysicalDeviceProperties* properties) {
  *properties = properties_of(instance_functions(), device);
}

void cmd_pipeline_barrier(VkCommandBuffer commands, VkPipelineStageFlags from,
                          VkPipelineStageFlags to, VkDependencyFlags dependency,
                          std::uint32_t count, const VkMemoryBarrier* barriers,
                          std::uint32_t buffer_count, const VkBufferMemoryBarrier* buffer_barriers,
                          std::uint32_t image_count, const VkImageMemoryBarrier* image_barriers) {
  if (from == VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT && from == to) return;
  device_functions().vkCmdPipelineBarrier(commands, from, to, dependency, count, barriers,
                                          buffer_count, buffer_barriers, image_count,
                                          image_barriers);
}

void cmd_dispatch(VkCommandBuffer commands, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  if (std::exchange(context.dispatched, true)) {
    VkMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    barrier.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    device_functions().vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0,
                                            nullptr, 0, nullptr);
  }
  device_functions().vkCmdDispatch(commands, x, y, z);
}

VkResult queue_submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos,
                      VkFence fence) {
  const std::lock_guard lock(context.device->queue_mutex());
  return note("vkQueueSubmit", device_functions().vkQueueSubmit(queue, count, infos, fence));
}

VkResult wait_for_fences(VkDevice, std::uint32_t count, const VkFence* fences, VkBool32,
                         std::uint64_t) {
  Device& device = *context.device;
  try {
    for (std::uint32_t i = 0; i < count; ++i) device.wait(fences[i]);
  } catch (const VulkanError& error) {
    if (device.hangs()) throw;  // VkFFT is left at once, without destroying what the work may use
    const std::lock_guard lock(device.queue_mutex());
    device.vk().vkQueueWaitIdle(device.queue());
    return note("vkWaitForFences", static_cast<VkResult>(error.result()));
  }
  return VK_SUCCESS;
}

VkResult allocate_memory(VkDevice device, const VkMemoryAllocateInfo* info,
                         const VkAllocationCallbacks* callbacks, VkDeviceMemory* memory) {
  const VkResult result = note(
      "vkAllocateMemory", device_functions().vkAllocateMemory(device, info, callbacks, memory));
  if (result != VK_SUCCESS) return result;
  // Tables and temporary buffers. Staging buffers for tables are counted here too while they exist.
  MemoryCounter& counter = context.device->memory_counter(MemoryKind::kDeviceLocal);
  context.allocations->emplace(bits_of(*memory), CountedBytes(counter, info->allocationSize));
  return result;
}

void free_memory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks* callbacks) {
  device_functions().vkFreeMemory(device, memory, callbacks);
  context.allocations->erase(bits_of(memory));
}

}  // namespace gfnet::vulkan::vkfft_calls
