// A Vulkan layer that makes one call fail, for tests. GFNET_TEST_FAIL="N KIND" chooses the Nth call
// of the process, from 1, among the calls that can fail in that way. Kinds:
//   memory   memory runs out, in this one call
//   refused  the call fails for no known reason
//   lost     the device is lost; all of its later calls say so, too
//   hang     the device does not finish its work any more: waiting for it times out, here at once
//   lost+    like lost, and every device made later is lost in its first such call
// With GFNET_TEST_CALLS=FILE, the names of the calls that can fail are written to FILE, one a line,
// in order, when the process ends. GFNET_TEST_BUDGET=BYTES: each heap has a budget of so many
// bytes.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support/vulkan_layer.h"
#include "vulkan/functions.h"

namespace {

/// The functions whose calls are counted, if they return a VkResult: those that the engine and
/// VkFFT call, except those that make instances and devices.
#define COUNTED_FUNCTIONS(X)              \
  X(vkEnumerateDeviceExtensionProperties) \
  X(vkEnumeratePhysicalDevices)           \
  GFNET_DEVICE_FUNCTIONS(X)

enum Call {
#define NAME(name) k_##name,
  COUNTED_FUNCTIONS(NAME)
#undef NAME
      k_vkCreateInstance,
  k_vkCreateDevice,
};

constexpr const char* kNames[] = {
#define NAME(name) #name,
    COUNTED_FUNCTIONS(NAME)
#undef NAME
        "vkCreateInstance",
    "vkCreateDevice",
};

using gfnet::test::next_layer;

/// The next layer's functions for a device or an instance.
struct Dispatch {
  VkDevice device = VK_NULL_HANDLE;
  std::array<PFN_vkVoidFunction, std::size(kNames)> functions{};
  PFN_vkGetPhysicalDeviceMemoryProperties2 memory_properties = nullptr;
  /// Whether the device is lost or hangs.
  bool fails = false;
};

std::mutex dispatch_mutex;
std::map<void*, Dispatch> dispatches;

/// The Dispatch of a device, queue, command buffer, instance or physical device. Such handles point
/// to objects that start with a pointer; it is the same for all objects of a device or of an
/// instance.
template <typename Handle>
Dispatch& dispatch_of(Handle handle) {
  const std::lock_guard lock(dispatch_mutex);
  return dispatches[*reinterpret_cast<void**>(handle)];
}

bool can_lose_device(Call call) {
  return call == k_vkQueueSubmit || call == k_vkWaitForFences || call == k_vkGetFenceStatus ||
         call == k_vkDeviceWaitIdle || call == k_vkQueueWaitIdle || call == k_vkGetQueryPoolResults;
}

/// Whether calls of this function can fail in this way.
bool can_fail(Call call, std::string_view kind) {
  if (kind.starts_with("lost")) return can_lose_device(call);
  if (kind == "hang") return call == k_vkWaitForFences;
  return true;
}

/// Counts the calls, and says which of them fail. The layer stays loaded until the process ends.
class Faults {
 public:
  Faults() {
    if (const char* const value = std::getenv("GFNET_TEST_FAIL")) {
      const std::string text = value;
      failing_ = std::atol(value);
      kind_ = text.substr(text.find(' ') + 1);
    }
    if (const char* const value = std::getenv("GFNET_TEST_CALLS")) file_ = value;
  }
  ~Faults() {
    if (file_.empty()) return;
    std::ofstream out(file_);
    for (const Call call : calls_) out << kNames[call] << '\n';
  }

  /// The result with which the call fails; VK_SUCCESS if it does not fail.
  VkResult of(Call call, Dispatch& dispatch) {
    const std::lock_guard lock(mutex_);
    if (!can_fail(call, kind_)) return VK_SUCCESS;
    calls_.push_back(call);
    const bool is_chosen = static_cast<long>(calls_.size()) == failing_;
    if (kind_ == "memory") {
      return !is_chosen              ? VK_SUCCESS
             : call == k_vkMapMemory ? VK_ERROR_MEMORY_MAP_FAILED
                                     : VK_ERROR_OUT_OF_DEVICE_MEMORY;
    }
    if (kind_ == "refused") return is_chosen ? VK_ERROR_UNKNOWN : VK_SUCCESS;
    if (is_chosen || (kind_ == "lost+" && has_failed_)) dispatch.fails = has_failed_ = true;
    if (!dispatch.fails) return VK_SUCCESS;
    if (kind_ == "hang") return VK_TIMEOUT;
    // The driver is not lost: its work must not use what is destroyed next.
    reinterpret_cast<PFN_vkDeviceWaitIdle>(dispatch.functions[k_vkDeviceWaitIdle])(dispatch.device);
    return VK_ERROR_DEVICE_LOST;
  }

 private:
  std::mutex mutex_;
  long failing_ = 0;
  std::string kind_;
  std::string file_;
  std::vector<Call> calls_;
  bool has_failed_ = false;
};

Faults faults;

/// The layer's function for a call that is counted; null for a call that cannot fail.
template <Call call, typename Function>
struct Counted {
  static constexpr PFN_vkVoidFunction function = nullptr;
};
template <Call call, typename Handle, typename... Args>
struct Counted<call, VkResult(VKAPI_PTR*)(Handle, Args...)> {
  static VkResult VKAPI_PTR function(Handle handle, Args... args) {
    Dispatch& dispatch = dispatch_of(handle);
    const VkResult fault = faults.of(call, dispatch);
    if (fault != VK_SUCCESS) return fault;
    return reinterpret_cast<VkResult(VKAPI_PTR*)(Handle, Args...)>(dispatch.functions[call])(
        handle, args...);
  }
};

VkResult VKAPI_PTR create_instance(const VkInstanceCreateInfo* info,
                                   const VkAllocationCallbacks* callbacks, VkInstance* out) {
  Dispatch none;
  if (const VkResult fault = faults.of(k_vkCreateInstance, none)) return fault;
  const VkResult result = next_layer.create_instance(info, callbacks, out);
  if (result != VK_SUCCESS) return result;
  Dispatch& dispatch = dispatch_of(*out);
  next_layer.find(*out, dispatch.memory_properties, "vkGetPhysicalDeviceMemoryProperties2");
  for (const Call call :
       {k_vkEnumerateDeviceExtensionProperties, k_vkEnumeratePhysicalDevices, k_vkCreateDevice}) {
    next_layer.find(*out, dispatch.functions[call], kNames[call]);
  }
  return result;
}

VkResult VKAPI_PTR create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo* info,
                                 const VkAllocationCallbacks* callbacks, VkDevice* out) {
  Dispatch& of_instance = dispatch_of(physical);
  if (const VkResult fault = faults.of(k_vkCreateDevice, of_instance)) return fault;
  const auto create = reinterpret_cast<PFN_vkCreateDevice>(of_instance.functions[k_vkCreateDevice]);
  const VkResult result = next_layer.create_device(create, physical, info, callbacks, out);
  if (result != VK_SUCCESS) return result;
  // The last device may have had the same key. A new device works, whatever the last one did.
  Dispatch& dispatch = dispatch_of(*out) = {};
  for (int call = k_vkEnumeratePhysicalDevices + 1; call < k_vkCreateInstance; ++call) {
    next_layer.find(*out, dispatch.functions[call], kNames[call]);
  }
  dispatch.device = *out;
  return result;
}

void VKAPI_PTR memory_properties(VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties2* out) {
  dispatch_of(device).memory_properties(device, out);
  const char* const value = std::getenv("GFNET_TEST_BUDGET");
  if (value == nullptr) return;
  for (auto* s = static_cast<VkBaseOutStructure*>(out->pNext); s != nullptr; s = s->pNext) {
    if (s->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT) continue;
    auto* const budget = reinterpret_cast<VkPhysicalDeviceMemoryBudgetPropertiesEXT*>(s);
    std::fill(std::begin(budget->heapBudget), std::end(budget->heapBudget), std::atoll(value));
    std::fill(std::begin(budget->heapUsage), std::end(budget->heapUsage), 0);
  }
}

}  // namespace

PFN_vkVoidFunction gfnet::test::own_function(std::string_view name) {
  static const std::map<std::string_view, PFN_vkVoidFunction> kFunctions{
#define OWN(name, function) {name, reinterpret_cast<PFN_vkVoidFunction>(&(function))}
#define COUNTED(name) \
  {#name, reinterpret_cast<PFN_vkVoidFunction>(Counted<k_##name, PFN_##name>::function)},
      COUNTED_FUNCTIONS(COUNTED)
#undef COUNTED
          OWN("vkCreateInstance", create_instance),
      OWN("vkCreateDevice", create_device),
      OWN("vkGetPhysicalDeviceMemoryProperties2", memory_properties),
#undef OWN
  };
  const auto found = kFunctions.find(name);
  return found == kFunctions.end() ? nullptr : found->second;
}
