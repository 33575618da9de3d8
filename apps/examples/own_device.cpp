// Labels a frame in a buffer of the program's own Vulkan device: own_device MODEL IMAGE
// The frame is blue, green, red and alpha, in rows with a gap, as a camera delivers it. Model and
// image are read from memory. The program links Vulkan's loader; the engine needs nothing from it.
#include <gfnet/gfnet.h>
#include <gfnet/interop.h>
#include <vulkan/vulkan.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void check(VkResult result, const char* call) {
  if (result != VK_SUCCESS) throw std::runtime_error(std::string(call) + " failed");
}

std::vector<std::byte> read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file || bytes.empty()) throw std::runtime_error(std::string(path) + " cannot be read");
  const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

/// The program's own instance and device, with one queue for compute.
struct Device {
  Device() {
    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.apiVersion = VK_API_VERSION_1_1;
    VkInstanceCreateInfo instance_info{};
    instance_info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    instance_info.pApplicationInfo = &application;
    check(vkCreateInstance(&instance_info, nullptr, &instance), "vkCreateInstance");
    std::uint32_t count = 1;  // the first device will do
    vkEnumeratePhysicalDevices(instance, &count, &physical_device);
    if (count == 0) throw std::runtime_error("no Vulkan device");

    vkGetPhysicalDeviceQueueFamilyProperties(physical_device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(physical_device, &count, families.data());
    while ((families.at(queue_family).queueFlags & VK_QUEUE_COMPUTE_BIT) == 0) ++queue_family;

    const float priority = 1;
    VkDeviceQueueCreateInfo queue_info{};
    queue_info.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue_info.queueFamilyIndex = queue_family;
    queue_info.queueCount = 1;
    queue_info.pQueuePriorities = &priority;
    // Optional: with this feature the engine can store halves.
    VkPhysicalDevice16BitStorageFeatures storage{};
    storage.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
    VkPhysicalDeviceFeatures2 features{};
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features.pNext = &storage;
    vkGetPhysicalDeviceFeatures2(physical_device, &features);
    has_16bit_storage = storage.storageBuffer16BitAccess == VK_TRUE;
    storage = {};
    storage.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
    storage.storageBuffer16BitAccess = has_16bit_storage ? VK_TRUE : VK_FALSE;
    VkDeviceCreateInfo device_info{};
    device_info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    device_info.pNext = &storage;
    device_info.queueCreateInfoCount = 1;
    device_info.pQueueCreateInfos = &queue_info;
    check(vkCreateDevice(physical_device, &device_info, nullptr, &device), "vkCreateDevice");
    vkGetDeviceQueue(device, queue_family, 0, &queue);
  }

  ~Device() {
    if (device != VK_NULL_HANDLE) vkDestroyDevice(device, nullptr);
    if (instance != VK_NULL_HANDLE) vkDestroyInstance(instance, nullptr);
  }

  gfnet::AdoptedDevice lend() {
    gfnet::AdoptedDevice adopted;
    adopted.instance = instance;
    adopted.api_version = VK_API_VERSION_1_1;
    adopted.physical_device = physical_device;
    adopted.device = device;
    adopted.queue = queue;
    adopted.queue_family = queue_family;
    adopted.queue_mutex = &queue_mutex;
    adopted.get_instance_proc_addr =
        reinterpret_cast<gfnet::GetInstanceProcAddr>(&vkGetInstanceProcAddr);
    adopted.storage_buffer_16bit_access = has_16bit_storage;
    return adopted;
  }

  VkInstance instance = VK_NULL_HANDLE;
  VkPhysicalDevice physical_device = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  VkQueue queue = VK_NULL_HANDLE;
  std::uint32_t queue_family = 0;
  bool has_16bit_storage = false;
  std::mutex queue_mutex;  // the program would hold it for its own submissions, too
};

/// A buffer that the program writes and shaders read.
struct Buffer {
  Buffer(const Device& d, std::size_t bytes) : device(d.device) {
    VkBufferCreateInfo buffer_info{};
    buffer_info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    buffer_info.size = bytes;
    buffer_info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    check(vkCreateBuffer(device, &buffer_info, nullptr, &buffer), "vkCreateBuffer");
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(device, buffer, &needs);
    VkPhysicalDeviceMemoryProperties types{};
    vkGetPhysicalDeviceMemoryProperties(d.physical_device, &types);
    constexpr VkMemoryPropertyFlags kHost =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkMemoryAllocateInfo allocate{};
    allocate.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    allocate.allocationSize = needs.size;
    while ((needs.memoryTypeBits >> allocate.memoryTypeIndex & 1) == 0 ||
           (types.memoryTypes[allocate.memoryTypeIndex].propertyFlags & kHost) != kHost) {
      ++allocate.memoryTypeIndex;  // every device has such a type
    }
    check(vkAllocateMemory(device, &allocate, nullptr, &memory), "vkAllocateMemory");
    check(vkBindBufferMemory(device, buffer, memory, 0), "vkBindBufferMemory");
    void* data = nullptr;
    check(vkMapMemory(device, memory, 0, VK_WHOLE_SIZE, 0, &data), "vkMapMemory");
    mapped = static_cast<std::uint8_t*>(data);
  }

  ~Buffer() {
    vkDestroyBuffer(device, buffer, nullptr);
    vkFreeMemory(device, memory, nullptr);
  }

  VkDevice device;
  VkBuffer buffer = VK_NULL_HANDLE;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  std::uint8_t* mapped = nullptr;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: own_device MODEL IMAGE\n");
    return 2;
  }
  const gfnet::Model model = gfnet::Model::load(read_file(argv[1]), "my model");
  const gfnet::Image image = gfnet::decode_image(read_file(argv[2]));

  Device device;
  gfnet::FrameBuffer layout;
  layout.width = image.width;
  layout.height = image.height;
  layout.row_stride = (4 * std::uint64_t{image.width} + 255) / 256 * 256;
  layout.buffer_bytes = layout.row_stride * image.height;
  layout.format = gfnet::PixelFormat::kBgra;
  const Buffer buffer(device, layout.buffer_bytes);
  std::memcpy(&layout.buffer, &buffer.buffer, sizeof buffer.buffer);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::uint8_t* const rgb = &image.rgb[3 * (y * image.width + x)];
      const std::uint8_t bgra[] = {rgb[2], rgb[1], rgb[0], 255};
      std::memcpy(buffer.mapped + y * layout.row_stride + 4 * x, bgra, sizeof bgra);
    }
  }

  const gfnet::SharedDevice shared = gfnet::SharedDevice::adopt(device.lend());
  gfnet::FrameClassifier classifier(shared, model);
  const gfnet::DeviceFrame frame(shared, layout);
  const gfnet::DeviceFrame* const frames[] = {&frame};
  classifier.submit(frames);
  while (!classifier.ready()) {
    // The program would draw here. Each call of ready() starts the next slice of the network.
  }
  const gfnet::Classification result = classifier.collect().front();
  for (const gfnet::Prediction& prediction : result.top) {
    std::printf("%-12s %5.1f %%\n", prediction.label.c_str(), 100 * prediction.probability);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "own_device: %s\n", error.what());
  return 1;
}
