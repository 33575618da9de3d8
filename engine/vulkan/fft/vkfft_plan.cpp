#include "vulkan/fft/vkfft_plan.h"

#include <fmt/format.h>

#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "base/cache_file.h"
#include "base/log.h"
#include "gfnet/error.h"
#include "system/paths.h"
#include "system/thread_locale.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/device_key.h"
#include "vulkan/fft/vkfft_calls.h"

// VkFFT calls the functions in vkfft_calls.h instead of Vulkan's.
#define GFNET_DEVICE ::gfnet::vulkan::vkfft_calls::device_functions()
#define GFNET_INSTANCE ::gfnet::vulkan::vkfft_calls::instance_functions()
#define GFNET_NOTED(name) ::gfnet::vulkan::vkfft_calls::noted(#name, GFNET_DEVICE.name)
#define vkAllocateCommandBuffers GFNET_NOTED(vkAllocateCommandBuffers)
#define vkAllocateDescriptorSets GFNET_NOTED(vkAllocateDescriptorSets)
#define vkBeginCommandBuffer GFNET_NOTED(vkBeginCommandBuffer)
#define vkBindBufferMemory GFNET_NOTED(vkBindBufferMemory)
#define vkCmdBindDescriptorSets GFNET_DEVICE.vkCmdBindDescriptorSets
#define vkCmdBindPipeline GFNET_DEVICE.vkCmdBindPipeline
#define vkCmdCopyBuffer GFNET_DEVICE.vkCmdCopyBuffer
#define vkCmdPushConstants GFNET_DEVICE.vkCmdPushConstants
#define vkCreateBuffer GFNET_NOTED(vkCreateBuffer)
#define vkCreateComputePipelines GFNET_NOTED(vkCreateComputePipelines)
#define vkCreateDescriptorPool GFNET_NOTED(vkCreateDescriptorPool)
#define vkCreateDescriptorSetLayout GFNET_NOTED(vkCreateDescriptorSetLayout)
#define vkCreatePipelineLayout GFNET_NOTED(vkCreatePipelineLayout)
#define vkCreateShaderModule GFNET_NOTED(vkCreateShaderModule)
#define vkDestroyBuffer GFNET_DEVICE.vkDestroyBuffer
#define vkDestroyDescriptorPool GFNET_DEVICE.vkDestroyDescriptorPool
#define vkDestroyDescriptorSetLayout GFNET_DEVICE.vkDestroyDescriptorSetLayout
#define vkDestroyPipeline GFNET_DEVICE.vkDestroyPipeline
#define vkDestroyPipelineLayout GFNET_DEVICE.vkDestroyPipelineLayout
#define vkDestroyShaderModule GFNET_DEVICE.vkDestroyShaderModule
#define vkEndCommandBuffer GFNET_NOTED(vkEndCommandBuffer)
#define vkFreeCommandBuffers GFNET_DEVICE.vkFreeCommandBuffers
#define vkGetBufferMemoryRequirements GFNET_DEVICE.vkGetBufferMemoryRequirements
#define vkMapMemory GFNET_NOTED(vkMapMemory)
#define vkResetFences GFNET_NOTED(vkResetFences)
#define vkUnmapMemory GFNET_DEVICE.vkUnmapMemory
#define vkUpdateDescriptorSets GFNET_DEVICE.vkUpdateDescriptorSets
#define vkWaitForFences ::gfnet::vulkan::vkfft_calls::wait_for_fences
#define vkGetPhysicalDeviceMemoryProperties GFNET_INSTANCE.vkGetPhysicalDeviceMemoryProperties
#define vkGetPhysicalDeviceProperties ::gfnet::vulkan::vkfft_calls::get_physical_device_properties
#define vkCmdPipelineBarrier ::gfnet::vulkan::vkfft_calls::cmd_pipeline_barrier
#define vkCmdDispatch ::gfnet::vulkan::vkfft_calls::cmd_dispatch
#define vkQueueSubmit ::gfnet::vulkan::vkfft_calls::queue_submit
#define vkAllocateMemory ::gfnet::vulkan::vkfft_calls::allocate_memory
#define vkFreeMemory ::gfnet::vulkan::vkfft_calls::free_memory
#include <vkFFT.h>
#undef vkCmdPipelineBarrier
#undef vkCmdDispatch
#undef vkQueueSubmit
#undef vkAllocateMemory
#undef vkFreeMemory
#undef vkAllocateCommandBuffers
#undef vkAllocateDescriptorSets
#undef vkBeginCommandBuffer
#undef vkBindBufferMemory
#undef vkCmdBindDescriptorSets
#undef vkCmdBindPipeline
#undef vkCmdCopyBuffer
#undef vkCmdPushConstants
#undef vkCreateBuffer
#undef vkCreateComputePipelines
#undef vkCreateDescriptorPool
#undef vkCreateDescriptorSetLayout
#undef vkCreatePipelineLayout
#undef vkCreateShaderModule
#undef vkDestroyBuffer
#undef vkDestroyDescriptorPool
#undef vkDestroyDescriptorSetLayout
#undef vkDestroyPipeline
#undef vkDestroyPipelineLayout
#undef vkDestroyShaderModule
#undef vkEndCommandBuffer
#undef vkFreeCommandBuffers
#undef vkGetBufferMemoryRequirements
#undef vkMapMemory
#undef vkResetFences
#undef vkUnmapMemory
#undef vkUpdateDescriptorSets
#undef vkWaitForFences
#undef vkGetPhysicalDeviceMemoryProperties
#undef vkGetPhysicalDeviceProperties
#undef GFNET_NOTED
#undef GFNET_DEVICE
#undef GFNET_INSTANCE

namespace gfnet::vulkan {
namespace {

/// A version number in the key of cached plans. Increase it if a change of this file changes the
/// code that VkFFT generates.
constexpr const char* kPlanVersion = "1";

/// Sets up the global state of glslang, the compiler that VkFFT uses, at the first call. The state
/// is torn down when the program ends.
void initialize_glslang() {
  struct Process {
    Process() { glslang_initialize_process(); }
    ~Process() { glslang_finalize_process(); }
  };
  static const Process process;
}

/// Serialises the creation of plans: VkFFT's code generator and glslang have both had threading
/// bugs.
std::mutex& plan_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

std::string vkfft_version() {
  const int number = VkFFTGetVersion();  // 10304 for 1.3.4
  return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

/// VkFFT keeps pointers to members of a State, so a State never moves.
struct VkfftPlan::State {
  State(Device& device_in, const PipelineCache& cache, const Fft::Extent& extent_in,
        const Buffer& planes_in, const Buffer& spectrum_in)
      : device(device_in),
        extent(extent_in),
        planes(planes_in),
        spectrum(spectrum_in),
        physical_device(device.physical_device()),
        logical_device(device.handle()),
        queue(device.queue()),
        pipeline_cache(cache.handle()),
        planes_handle(planes.handle()),
        spectrum_handle(spectrum.handle()),
        planes_size(planes.bytes()),
        spectrum_size(spectrum.bytes()) {
    VkCommandPoolCreateInfo pool_info{};
    pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool_info.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    pool_info.queueFamilyIndex = device.info().compute_queue_family;
    GFNET_VK(device.vk().vkCreateCommandPool(logical_device, &pool_info, nullptr, &command_pool));
    command_pool_owner = {device.vk(), command_pool};
    VkFenceCreateInfo fence_info{};
    fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    GFNET_VK(device.vk().vkCreateFence(logical_device, &fence_info, nullptr, &fence));
    fence_owner = {device.vk(), fence};
  }

  ~State() { delete_plan(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool is_column() const { return extent.width == 1; }

  VkFFTConfiguration configuration();
  VkFFTResult make_plan(const std::vector<std::uint8_t>* saved);
  void make_plan(const std::filesystem::path& directory);
  void delete_plan();
  /// Throws VulkanError if a Vulkan call of VkFFT failed since the last vkfft_calls::begin().
  void check_calls() const;
  std::string key() const;
  void append(CommandRecorder& recorder, FftDirection direction);

  Device& device;
  Fft::Extent extent;
  const Buffer& planes;
  const Buffer& spectrum;
  bool loaded = false;
  vkfft_calls::Allocations allocations;

  // VkFFT keeps pointers to these.
  VkPhysicalDevice physical_device;
  VkDevice logical_device;
  VkQueue queue;
  VkCommandPool command_pool = VK_NULL_HANDLE;
  VkFence fence = VK_NULL_HANDLE;
  VkPipelineCache pipeline_cache;
  VkBuffer planes_handle;
  VkBuffer spectrum_handle;
  pfUINT planes_size;
  pfUINT spectrum_size;
  Handle<VkCommandPool, DestroyCommandPool> command_pool_owner;
  Handle<VkFence, DestroyFence> fence_owner;
  VkFFTApplication application{};
  bool has_application = false;
};

VkFFTConfiguration VkfftPlan::State::configuration() {
  VkFFTConfiguration c{};
  c.physicalDevice = &physical_device;
  c.device = &logical_device;
  c.queue = &queue;
  c.commandPool = &command_pool;
  c.fence = &fence;
  c.pipelineCache = &pipeline_cache;
  c.isCompilerInitialized = 1;
  c.disableSetLocale = system::ScopedCLocale::kWorks ? 1 : 0;
  // Sines from a table: Vulkan guarantees only an error of 2^-11 for sines computed in a shader.
  c.useLUT = 1;
  c.numberBatches = extent.batches;
  // The buffers are passed at recording time. If they were set here, VkFFT would write its
  // descriptor sets before it makes the tables of Bluestein's algorithm, and would never update
  // them.
  c.bufferSize = &spectrum_size;
  if (is_column()) {
    c.FFTdim = 1;
    c.size[0] = extent.height;
    return c;
  }
  const pfUINT columns = extent.width / 2 + 1;
  c.FFTdim = extent.height > 1 ? 2 : 1;
  c.size[0] = extent.width;
  c.size[1] = extent.height;
  c.performR2C = 1;
  // By default VkFFT merges two real rows into one complex row. That is correct only for spectra of
  // real planes: otherwise the imaginary part of column 0 of one row leaks into the other row.
  c.disableMergeSequencesR2C = 1;
  c.isInputFormatted = 1;
  c.inverseReturnToInputBuffer = 1;
  c.inputBufferSize = &planes_size;
  c.inputBufferStride[0] = extent.width;
  c.inputBufferStride[1] = static_cast<pfUINT>(extent.width) * extent.height;
  c.bufferStride[0] = columns;
  c.bufferStride[1] = columns * extent.height;
  return c;
}

VkFFTResult VkfftPlan::State::make_plan(const std::vector<std::uint8_t>* saved) {
  VkFFTConfiguration c = configuration();
  std::vector<std::uint8_t> copy;
  if (saved != nullptr) {
    copy = *saved;
    c.loadApplicationFromString = 1;
    c.loadApplicationString = copy.data();
  } else {
    c.saveApplicationToString = 1;
  }
  const std::lock_guard lock(plan_mutex());
  initialize_glslang();
  const system::ScopedCLocale c_locale;
  vkfft_calls::begin(device, allocations);
  std::memset(&application, 0, sizeof(application));            // VkFFT checks every byte
  const VkFFTResult result = initializeVkFFT(&application, c);  // cleans up after itself on failure
  has_application = result == VKFFT_SUCCESS;
  // VkFFT reads it only while making the plan; `copy` ends with this function.
  application.configuration.loadApplicationString = nullptr;
  check_calls();
  return result;
}

void VkfftPlan::State::make_plan(const std::filesystem::path& directory) {
  std::filesystem::path path;
  if (!directory.empty()) {
    path = directory / fmt::format("fft-{}x{}x{}-{}.bin", extent.height, extent.width,
                                   extent.batches, device_file_tag(device.info()));
    if (const auto saved = read_cache_file(path, key())) {
      loaded = make_plan(&*saved) == VKFFT_SUCCESS;
      if (loaded) return;
      log(LogLevel::kWarning,
          system::text_of(path) + ": VkFFT rejects this cached plan; rebuilding it");
    }
  }
  const VkFFTResult result = make_plan(nullptr);
  if (result != VKFFT_SUCCESS) {
    throw UnsupportedError(
        fmt::format("FFT of {} (VkFFT: {})", extent.text(), getVkFFTErrorString(result)),
        device.info().name);
  }
  if (!path.empty() && application.saveApplicationString != nullptr) {
    write_cache_file(path, key(),
                     {static_cast<const std::uint8_t*>(application.saveApplicationString),
                      static_cast<std::size_t>(application.applicationStringSize)});
  }
}

void VkfftPlan::State::delete_plan() {
  vkfft_calls::begin(device, allocations);
  if (has_application && !device.hangs()) deleteVkFFT(&application);
  has_application = false;
}

void VkfftPlan::State::check_calls() const {
  const auto failure = vkfft_calls::failure();
  if (failure)
    check(failure->result, fmt::format("{} for an FFT of {}", failure->function, extent.text()));
}

std::string VkfftPlan::State::key() const {
  return fmt::format("fft|{}|{}|{}|{}|{}", kPlanVersion, VkFFTGetVersion(),
                     sizeof(VkFFTConfiguration), extent.text(), device_key(device.info()));
}

void VkfftPlan::State::append(CommandRecorder& recorder, FftDirection direction) {
  const bool forward = direction == FftDirection::kForward;
  std::vector<HazardTracker::Range> ranges;
  // Both directions transform the columns in place, in the spectrum.
  ranges.push_back(range_of(spectrum, 0, spectrum_size, Access::kReadWrite));
  if (!is_column()) {
    ranges.push_back(range_of(planes, 0, planes_size, forward ? Access::kRead : Access::kWrite));
  }
  const VkFFTConfiguration& c = application.configuration;
  if (c.tempBuffer != nullptr && c.tempBufferDeviceMemory != VK_NULL_HANDLE) {
    HazardTracker::Range temporary;
    temporary.memory = bits_of(c.tempBufferDeviceMemory);
    temporary.end = c.tempBufferSize[0];
    temporary.access = Access::kReadWrite;
    ranges.push_back(temporary);
  }
  VkCommandBuffer commands = recorder.external(ranges);
  VkFFTLaunchParams launch{};
  launch.commandBuffer = &commands;
  launch.buffer = &spectrum_handle;
  if (!is_column()) launch.inputBuffer = &planes_handle;
  vkfft_calls::begin(device, allocations);
  const VkFFTResult result = VkFFTAppend(&application, forward ? -1 : 1, &launch);
  check_calls();
  if (result != VKFFT_SUCCESS) {
    throw Error(fmt::format("FFT of {} (VkFFT: {})", extent.text(), getVkFFTErrorString(result)));
  }
}

VkfftPlan::VkfftPlan(Device& device, const PipelineCache& cache, const Fft::Extent& extent,
                     const Buffer& planes, const Buffer& spectrum,
                     const std::filesystem::path& cache_directory)
    : state_(std::make_unique<State>(device, cache, extent, planes, spectrum)) {
  state_->make_plan(cache_directory);
}

VkfftPlan::~VkfftPlan() = default;

void VkfftPlan::append(CommandRecorder& recorder, FftDirection direction) {
  state_->append(recorder, direction);
}

std::uint64_t VkfftPlan::scratch_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [identity, allocation] : state_->allocations) sum += allocation.bytes();
  return sum;
}

bool VkfftPlan::loaded() const { return state_->loaded; }

}  // namespace gfnet::vulkan
