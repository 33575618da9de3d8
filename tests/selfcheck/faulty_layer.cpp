// A Vulkan layer that makes a driver faulty, for tests. GFNET_TEST_FAULT="KIND SHADER" names the
// fault and the shaders that have it: those whose names start with SHADER, or with "SHADER$" the
// one with this name. Kinds:
//   wrong        the shader computes something else
//   unsteady     every other run of the shader does not happen
//   refused      its pipelines cannot be made
//   crash        making its pipeline ends the process
//   hang         making its pipeline never ends
//   abort        recording a dispatch of it ends the process
//   lost         submitting it loses the device
//   endless      waiting for it never ends
//   memory       its pipelines find no memory
//   long         dispatches after the 16th in a command buffer that uses it do not happen
//   message      making its pipeline gives a message as those of the validation layer
// With "query-crash", "query-hang" or "query-none", the device claims to have matrix units, and the
// query for their shapes ends the process, never ends, or gives none.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "altered_code.h"
#include "support/vulkan_layer.h"
#include "vulkan/pipelines/shader_library.h"

namespace {

constexpr const char* kMatrixExtension = "VK_KHR_cooperative_matrix";
constexpr int kLong = 16;
constexpr auto kMatrixFeatures = static_cast<VkStructureType>(1000506000);

using gfnet::test::next_layer;

VkInstance last_instance = VK_NULL_HANDLE;
std::mutex mutex;
std::set<VkShaderModule> faulty_modules;
std::set<VkPipeline> faulty_pipelines;
std::set<VkCommandBuffer> faulty_buffers;
std::map<VkCommandBuffer, int> dispatches;
bool is_lost = false;
bool faulty_work_is_submitted = false;
std::uint64_t faulty_submissions = 0;

std::string fault() {
  const char* const value = std::getenv("GFNET_TEST_FAULT");
  return value == nullptr ? "" : value;
}
std::string kind() { return fault().substr(0, fault().find(' ')); }
bool has_faulty_query() { return kind().starts_with("query-"); }

[[noreturn]] void hang() {
  for (;;) pause();
}
[[noreturn]] void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
  std::abort();
}

/// Functions of the next layer or of the driver.
struct Next {
  PFN_vkEnumerateDeviceExtensionProperties enumerate_extensions;
  PFN_vkGetPhysicalDeviceFeatures2 features;
  PFN_vkCreateDevice create_device;
  PFN_vkSubmitDebugUtilsMessageEXT send_message;
  PFN_vkCreateShaderModule create_shader_module;
  PFN_vkDestroyShaderModule destroy_shader_module;
  PFN_vkCreateComputePipelines create_pipelines;
  PFN_vkCmdBindPipeline bind_pipeline;
  PFN_vkBeginCommandBuffer begin_buffer;
  PFN_vkCmdDispatch dispatch;
  PFN_vkQueueSubmit submit;
  PFN_vkWaitForFences wait_for_fences;
} next_functions;

/// Whether the code is that of a shader with the fault.
bool is_faulty(std::span<const std::uint32_t> code) {
  const std::string all = fault();
  const std::size_t space = all.find(' ');
  if (space == std::string::npos) return false;
  std::string_view wanted = std::string_view(all).substr(space + 1);
  const bool is_whole = wanted.ends_with('$');
  if (is_whole) wanted.remove_suffix(1);
  return std::ranges::any_of(gfnet::vulkan::embedded_shaders(), [&](const auto& shader) {
    return shader.name.starts_with(wanted) && (!is_whole || shader.name == wanted) &&
           std::ranges::equal(shader.spirv, code);
  });
}

void send_message() {
  VkDebugUtilsMessengerCallbackDataEXT data{};
  data.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CALLBACK_DATA_EXT;
  data.pMessageIdName = "VUID-for-a-test";
  data.pMessage = "a message\nof a test";
  next_functions.send_message(last_instance, VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
                              VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT, &data);
}

VkResult VKAPI_PTR create_shader_module(VkDevice device, const VkShaderModuleCreateInfo* info,
                                        const VkAllocationCallbacks* callbacks,
                                        VkShaderModule* out) {
  const auto next = next_functions.create_shader_module;
  const std::span code(info->pCode, info->codeSize / sizeof(std::uint32_t));
  if (!is_faulty(code)) return next(device, info, callbacks, out);
  VkShaderModuleCreateInfo changed = *info;
  std::vector<std::uint32_t> other;
  if (kind() == "wrong") {
    other = altered(code);
    changed.pCode = other.data();
  }
  const VkResult result = next(device, &changed, callbacks, out);
  const std::lock_guard lock(mutex);
  if (result == VK_SUCCESS) faulty_modules.insert(*out);
  return result;
}

void VKAPI_PTR destroy_shader_module(VkDevice device, VkShaderModule module,
                                     const VkAllocationCallbacks* callbacks) {
  {
    const std::lock_guard lock(mutex);
    faulty_modules.erase(module);
  }
  next_functions.destroy_shader_module(device, module, callbacks);
}

VkResult VKAPI_PTR create_pipelines(VkDevice device, VkPipelineCache cache, std::uint32_t count,
                                    const VkComputePipelineCreateInfo* infos,
                                    const VkAllocationCallbacks* callbacks, VkPipeline* out) {
  bool is_affected = false;
  {
    const std::lock_guard lock(mutex);
    for (std::uint32_t i = 0; i < count; ++i) {
      is_affected = is_affected || faulty_modules.contains(infos[i].stage.module);
    }
  }
  if (is_affected && kind() == "refused") return VK_ERROR_INITIALIZATION_FAILED;
  if (is_affected && kind() == "memory") return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  if (is_affected && kind() == "message") send_message();
  if (is_affected && kind() == "crash") crash();
  if (is_affected && kind() == "hang") hang();
  const VkResult result =
      next_functions.create_pipelines(device, cache, count, infos, callbacks, out);
  const std::lock_guard lock(mutex);
  if (is_affected && result == VK_SUCCESS) faulty_pipelines.insert(out, out + count);
  return result;
}

void VKAPI_PTR bind_pipeline(VkCommandBuffer buffer, VkPipelineBindPoint point,
                             VkPipeline pipeline) {
  {
    const std::lock_guard lock(mutex);
    if (faulty_pipelines.contains(pipeline)) {
      if (kind() == "abort") std::abort();
      faulty_buffers.insert(buffer);
    }
  }
  next_functions.bind_pipeline(buffer, point, pipeline);
}

VkResult VKAPI_PTR begin_buffer(VkCommandBuffer buffer, const VkCommandBufferBeginInfo* info) {
  {
    const std::lock_guard lock(mutex);
    faulty_buffers.erase(buffer);
    dispatches.erase(buffer);
  }
  return next_functions.begin_buffer(buffer, info);
}

void VKAPI_PTR dispatch(VkCommandBuffer buffer, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  {
    const std::lock_guard lock(mutex);
    const bool is_late = ++dispatches[buffer] > kLong;
    if (kind() == "long" && is_late && faulty_buffers.contains(buffer)) return;
  }
  next_functions.dispatch(buffer, x, y, z);
}

VkResult VKAPI_PTR submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos,
                          VkFence fence) {
  std::vector<VkSubmitInfo> changed(infos, infos + count);
  std::vector<std::vector<VkCommandBuffer>> buffers(count);
  {
    const std::lock_guard lock(mutex);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto begin = infos[i].pCommandBuffers, end = begin + infos[i].commandBufferCount;
      buffers[i].assign(begin, end);
      const auto is_marked = [](VkCommandBuffer buffer) { return faulty_buffers.contains(buffer); };
      if (std::none_of(begin, end, is_marked)) continue;
      faulty_work_is_submitted = true;
      is_lost = is_lost || kind() == "lost";
      if (kind() == "unsteady" && faulty_submissions++ % 2 == 0) {
        std::erase_if(buffers[i], is_marked);
      }
    }
    if (is_lost) return VK_ERROR_DEVICE_LOST;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    changed[i].commandBufferCount = static_cast<std::uint32_t>(buffers[i].size());
    changed[i].pCommandBuffers = buffers[i].data();
  }
  return next_functions.submit(queue, count, changed.data(), fence);
}

VkResult VKAPI_PTR wait_for_fences(VkDevice device, std::uint32_t count, const VkFence* fences,
                                   VkBool32 all, std::uint64_t timeout) {
  if (kind() == "endless" && faulty_work_is_submitted) hang();
  return next_functions.wait_for_fences(device, count, fences, all, timeout);
}

VkResult VKAPI_PTR matrix_properties(VkPhysicalDevice, std::uint32_t* count, void*) {
  if (kind() == "query-hang") hang();
  if (kind() == "query-none") {
    *count = 0;
    return VK_SUCCESS;
  }
  crash();
}

VkResult VKAPI_PTR enumerate_extensions(VkPhysicalDevice device, const char* layer,
                                        std::uint32_t* count, VkExtensionProperties* out) {
  const auto next = next_functions.enumerate_extensions;
  if (!has_faulty_query()) return next(device, layer, count, out);
  std::uint32_t known = 0;
  next(device, layer, &known, nullptr);
  std::vector<VkExtensionProperties> all(known);
  next(device, layer, &known, all.data());
  const bool has = std::ranges::any_of(all, [](const VkExtensionProperties& extension) {
    return std::strcmp(extension.extensionName, kMatrixExtension) == 0;
  });
  if (!has) std::strcpy(all.emplace_back().extensionName, kMatrixExtension);
  if (out == nullptr) {
    *count = static_cast<std::uint32_t>(all.size());
    return VK_SUCCESS;
  }
  *count = std::min(*count, static_cast<std::uint32_t>(all.size()));
  std::copy_n(all.begin(), *count, out);
  return VK_SUCCESS;
}

void VKAPI_PTR features(VkPhysicalDevice device, VkPhysicalDeviceFeatures2* out) {
  next_functions.features(device, out);
  if (!has_faulty_query()) return;
  for (auto* s = static_cast<VkBaseOutStructure*>(out->pNext); s != nullptr; s = s->pNext) {
    // The first feature after the header is cooperativeMatrix.
    if (s->sType == kMatrixFeatures) reinterpret_cast<VkBool32*>(s + 1)[0] = VK_TRUE;
    if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES) {
      reinterpret_cast<VkPhysicalDeviceVulkanMemoryModelFeatures*>(s)->vulkanMemoryModel = VK_TRUE;
    }
    if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES) {
      reinterpret_cast<VkPhysicalDeviceShaderFloat16Int8Features*>(s)->shaderFloat16 = VK_TRUE;
    }
  }
}

VkResult VKAPI_PTR create_instance(const VkInstanceCreateInfo* info,
                                   const VkAllocationCallbacks* callbacks, VkInstance* out) {
  const VkResult result = next_layer.create_instance(info, callbacks, out);
  if (result != VK_SUCCESS) return result;
  const auto find = [&](auto& function, const char* name) {
    next_layer.find(*out, function, name);
  };
  find(next_functions.enumerate_extensions, "vkEnumerateDeviceExtensionProperties");
  find(next_functions.features, "vkGetPhysicalDeviceFeatures2");
  find(next_functions.create_device, "vkCreateDevice");
  find(next_functions.send_message, "vkSubmitDebugUtilsMessageEXT");
  last_instance = *out;
  return result;
}

VkResult VKAPI_PTR create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo* info,
                                 const VkAllocationCallbacks* callbacks, VkDevice* out) {
  const VkResult result =
      next_layer.create_device(next_functions.create_device, physical, info, callbacks, out);
  if (result != VK_SUCCESS) return result;
  const auto find = [&](auto& function, const char* name) {
    next_layer.find(*out, function, name);
  };
  find(next_functions.create_shader_module, "vkCreateShaderModule");
  find(next_functions.destroy_shader_module, "vkDestroyShaderModule");
  find(next_functions.create_pipelines, "vkCreateComputePipelines");
  find(next_functions.bind_pipeline, "vkCmdBindPipeline");
  find(next_functions.begin_buffer, "vkBeginCommandBuffer");
  find(next_functions.dispatch, "vkCmdDispatch");
  find(next_functions.submit, "vkQueueSubmit");
  find(next_functions.wait_for_fences, "vkWaitForFences");
  is_lost = faulty_work_is_submitted = false;
  return result;
}

}  // namespace

PFN_vkVoidFunction gfnet::test::own_function(std::string_view name) {
  static const std::map<std::string_view, PFN_vkVoidFunction> kFunctions{
#define OWN(name, function) {name, reinterpret_cast<PFN_vkVoidFunction>(&(function))}
      OWN("vkCreateInstance", create_instance),
      OWN("vkCreateDevice", create_device),
      OWN("vkEnumerateDeviceExtensionProperties", enumerate_extensions),
      OWN("vkGetPhysicalDeviceFeatures2", features),
      OWN("vkCreateShaderModule", create_shader_module),
      OWN("vkDestroyShaderModule", destroy_shader_module),
      OWN("vkCreateComputePipelines", create_pipelines),
      OWN("vkCmdBindPipeline", bind_pipeline),
      OWN("vkBeginCommandBuffer", begin_buffer),
      OWN("vkCmdDispatch", dispatch),
      OWN("vkQueueSubmit", submit),
      OWN("vkWaitForFences", wait_for_fences),
#undef OWN
  };
  if (name == "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR" && has_faulty_query()) {
    return reinterpret_cast<PFN_vkVoidFunction>(&matrix_properties);
  }
  const auto found = kFunctions.find(name);
  return found == kFunctions.end() ? nullptr : found->second;
}
