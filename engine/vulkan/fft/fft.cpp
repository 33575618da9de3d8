#include "vulkan/fft/fft.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cache_file.h"
#include "base/log.h"
#include "gfnet/error.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/device_key.h"
#include "vulkan/fft/scoped_c_locale.h"
#include "vulkan/pipelines/pipeline.h"

// VkFFT is a C header that calls Vulkan functions by name. Five of these names are redirected while
// it is compiled:
// - Barriers and dispatches. VkFFT's barriers make writes visible to later reads only, but its
//   passes also overwrite what an earlier pass wrote. VkFFT also ends with a barrier that the
//   recorder may not need. Here, VkFFT's own barriers are dropped, and a barrier that covers writes
//   too is recorded between any two dispatches. The recorder adds the barriers before and after.
// - Submissions, with which VkFFT uploads its tables. They lock the mutex of the device's queue.
// - Allocation and freeing of memory. They update the device's memory counter.
namespace gfnet::vulkan {
namespace {
namespace vkfft_calls {

/// VkFFT calls some Vulkan functions through the functions below. This is what they need to know:
/// the device and the data of the VkFFT plan that this thread works on.
struct Context {
  Device* device = nullptr;
  /// The allocations that VkFFT made for the plan and has not freed. Key: memory_identity().
  std::map<std::uint64_t, CountedBytes>* allocations = nullptr;
  bool dispatched = false;
};
thread_local Context context;

void cmd_pipeline_barrier(VkCommandBuffer commands, VkPipelineStageFlags from,
                          VkPipelineStageFlags to, VkDependencyFlags dependency,
                          std::uint32_t count, const VkMemoryBarrier* barriers,
                          std::uint32_t buffer_count, const VkBufferMemoryBarrier* buffer_barriers,
                          std::uint32_t image_count, const VkImageMemoryBarrier* image_barriers) {
  if (from == VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT && from == to) return;
  vkCmdPipelineBarrier(commands, from, to, dependency, count, barriers, buffer_count,
                       buffer_barriers, image_count, image_barriers);
}

void cmd_dispatch(VkCommandBuffer commands, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  if (std::exchange(context.dispatched, true)) {
    VkMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    barrier.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                         VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0, nullptr, 0,
                         nullptr);
  }
  vkCmdDispatch(commands, x, y, z);
}

VkResult queue_submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos,
                      VkFence fence) {
  const std::lock_guard lock(context.device->queue_mutex());
  return vkQueueSubmit(queue, count, infos, fence);
}

VkResult allocate_memory(VkDevice device, const VkMemoryAllocateInfo* info,
                         const VkAllocationCallbacks* callbacks, VkDeviceMemory* memory) {
  const VkResult result = vkAllocateMemory(device, info, callbacks, memory);
  if (result != VK_SUCCESS) return result;
  // Tables and temporary buffers. Staging buffers for tables are counted here too while they exist.
  MemoryCounter& counter = context.device->memory_counter(MemoryKind::kDeviceLocal);
  context.allocations->emplace(memory_identity(*memory),
                               CountedBytes(counter, info->allocationSize));
  return result;
}

void free_memory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks* callbacks) {
  vkFreeMemory(device, memory, callbacks);
  context.allocations->erase(memory_identity(memory));
}

}  // namespace vkfft_calls
}  // namespace
}  // namespace gfnet::vulkan

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

namespace gfnet::vulkan {

// Written by the build from shaders/ beside this file.
std::span<const ShaderBinary> fft_shaders();

namespace {

/// A version number in the key of cached plans. Increase it if a change of this file changes the
/// code that VkFFT generates.
constexpr const char* kPlanVersion = "1";

/// Largest number of planes in one VkFFT plan. Vulkan guarantees 65535 workgroups per axis. Beyond
/// that, VkFFT 1.3.4 splits its dispatches and computes wrong planes. An Fft with more planes uses
/// several plans, one for each Part. The number is a multiple of 256, so that the buffers of every
/// Part are aligned.
constexpr std::uint32_t kMostBatches = 65280;

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

std::string text_of(const Fft::Extent& extent) {
  return std::to_string(extent.batches) + "×" + std::to_string(extent.height) + "×" +
         std::to_string(extent.width);
}

const ShaderBinary& fft_shader(std::string_view name) {
  for (const ShaderBinary& shader : fft_shaders()) {
    if (shader.name == name) return shader;
  }
  throw Error("this build has no shader '" + std::string(name) + "'");
}

}  // namespace

std::string vkfft_version() {
  const int number = VkFFTGetVersion();  // 10304 for 1.3.4
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." +
         std::to_string(number % 100);
}

/// The transform of at most kMostBatches planes, with one VkFFT plan. VkFFT keeps pointers to
/// members of this struct, so it never moves.
struct Fft::Part {
  Part(Device& device_in, const PipelineCache& cache, const Extent& extent_in,
       const Buffer& all_planes, const Buffer& all_spectra, std::uint32_t first_batch)
      : device(device_in),
        extent(extent_in),
        planes(device, all_planes, first_batch * (planes_bytes(extent) / extent.batches),
               planes_bytes(extent)),
        spectrum(device, all_spectra, first_batch * (spectrum_bytes(extent) / extent.batches),
                 spectrum_bytes(extent)),
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
    GFNET_VK(vkCreateCommandPool(logical_device, &pool_info, nullptr, &command_pool));
    command_pool_owner = {logical_device, command_pool};
    VkFenceCreateInfo fence_info{};
    fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    GFNET_VK(vkCreateFence(logical_device, &fence_info, nullptr, &fence));
    fence_owner = {logical_device, fence};
  }

  ~Part() { delete_plan(); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// At width 1 there is no transform along the rows: the conversion between real and complex is a
  /// copy, and VkFFT transforms the columns as complex data, in place.
  bool is_column() const { return extent.width == 1; }
  bool has_plan() const { return !is_column() || extent.height > 1; }

  VkFFTConfiguration configuration();
  VkFFTResult make_plan(const std::vector<std::uint8_t>* saved);
  void make_plan(const std::filesystem::path& directory);
  void delete_plan();
  std::string key() const;
  void record(CommandRecorder& recorder, FftDirection direction);
  void append(CommandRecorder& recorder, FftDirection direction);
  void convert(CommandRecorder& recorder, const Pipeline& pipeline, const Buffer& from,
               const Buffer& to) const;

  Device& device;
  Extent extent;
  Buffer planes;
  Buffer spectrum;
  bool loaded = false;
  std::map<std::uint64_t, CountedBytes> allocations;
  /// The copies from planes to spectrum and from spectrum to planes. Set only if is_column().
  std::optional<Pipeline> real_to_complex;
  std::optional<Pipeline> complex_to_real;

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

VkFFTConfiguration Fft::Part::configuration() {
  VkFFTConfiguration c{};
  c.physicalDevice = &physical_device;
  c.device = &logical_device;
  c.queue = &queue;
  c.commandPool = &command_pool;
  c.fence = &fence;
  c.pipelineCache = &pipeline_cache;
  c.isCompilerInitialized = 1;
  c.disableSetLocale = ScopedCLocale::kWorks ? 1 : 0;
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

VkFFTResult Fft::Part::make_plan(const std::vector<std::uint8_t>* saved) {
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
  const ScopedCLocale c_locale;
  vkfft_calls::context = {&device, &allocations, false};
  std::memset(&application, 0, sizeof(application));            // VkFFT checks every byte
  const VkFFTResult result = initializeVkFFT(&application, c);  // cleans up after itself on failure
  has_application = result == VKFFT_SUCCESS;
  // VkFFT reads it only while making the plan; `copy` ends with this function.
  application.configuration.loadApplicationString = nullptr;
  return result;
}

void Fft::Part::make_plan(const std::filesystem::path& directory) {
  std::filesystem::path path;
  if (!directory.empty()) {
    path = directory /
           ("fft-" + std::to_string(extent.height) + "x" + std::to_string(extent.width) + "x" +
            std::to_string(extent.batches) + "-" + device_file_tag(device.info()) + ".bin");
    if (const auto saved = read_cache_file(path, key())) {
      loaded = make_plan(&*saved) == VKFFT_SUCCESS;
      if (loaded) return;
      log(LogLevel::kWarning, path.string() + ": VkFFT rejects this cached plan; rebuilding it");
    }
  }
  const VkFFTResult result = make_plan(nullptr);
  if (result != VKFFT_SUCCESS) {
    throw UnsupportedError(
        "FFT of " + text_of(extent) + " (VkFFT: " + getVkFFTErrorString(result) + ")",
        device.info().name);
  }
  if (!path.empty() && application.saveApplicationString != nullptr) {
    write_cache_file(path, key(),
                     {static_cast<const std::uint8_t*>(application.saveApplicationString),
                      static_cast<std::size_t>(application.applicationStringSize)});
  }
}

void Fft::Part::delete_plan() {
  vkfft_calls::context = {&device, &allocations, false};
  if (has_application) deleteVkFFT(&application);
  has_application = false;
}

std::string Fft::Part::key() const {
  return std::string("fft|") + kPlanVersion + "|" + std::to_string(VkFFTGetVersion()) + "|" +
         std::to_string(sizeof(VkFFTConfiguration)) + "|" + text_of(extent) + "|" +
         device_key(device.info());
}

void Fft::Part::append(CommandRecorder& recorder, FftDirection direction) {
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
    temporary.memory = memory_identity(c.tempBufferDeviceMemory);
    temporary.end = c.tempBufferSize[0];
    temporary.access = Access::kReadWrite;
    ranges.push_back(temporary);
  }
  VkCommandBuffer commands = recorder.external(ranges);
  VkFFTLaunchParams launch{};
  launch.commandBuffer = &commands;
  launch.buffer = &spectrum_handle;
  if (!is_column()) launch.inputBuffer = &planes_handle;
  vkfft_calls::context = {&device, &allocations, false};
  const VkFFTResult result = VkFFTAppend(&application, forward ? -1 : 1, &launch);
  if (result != VKFFT_SUCCESS) {
    throw Error("FFT of " + text_of(extent) + " (VkFFT: " + getVkFFTErrorString(result) + ")");
  }
}

void Fft::Part::convert(CommandRecorder& recorder, const Pipeline& pipeline, const Buffer& from,
                        const Buffer& to) const {
  struct {
    std::uint32_t count;
    std::uint32_t row;
  } push{extent.height * extent.batches, 0};
  constexpr std::uint32_t kRow = 1U << 20;
  push.row = std::min(push.count, kRow);
  const Binding bindings[] = {{&from, Access::kRead}, {&to, Access::kWrite}};
  recorder.dispatch(pipeline, bindings, push,
                    {push.row, (push.count + push.row - 1) / push.row, 1});
}

void Fft::Part::record(CommandRecorder& recorder, FftDirection direction) {
  if (is_column() && direction == FftDirection::kForward) {
    convert(recorder, *real_to_complex, planes, spectrum);
  }
  if (has_plan()) append(recorder, direction);
  if (is_column() && direction == FftDirection::kInverse) {
    convert(recorder, *complex_to_real, spectrum, planes);
  }
}

Fft::Fft(Device& device, const PipelineCache& cache, Extent extent, const Buffer& planes,
         const Buffer& spectrum, const std::filesystem::path& cache_directory)
    : extent_(extent) {
  if (extent.height == 0 || extent.width == 0 || extent.batches == 0) {
    throw Error("FFT of " + text_of(extent) + ": the extent is empty");
  }
  if (planes.bytes() < planes_bytes(extent) || spectrum.bytes() < spectrum_bytes(extent)) {
    throw Error("FFT of " + text_of(extent) + " needs buffers of " +
                std::to_string(planes_bytes(extent)) + " and " +
                std::to_string(spectrum_bytes(extent)) + " bytes, not " +
                std::to_string(planes.bytes()) + " and " + std::to_string(spectrum.bytes()));
  }
  for (std::uint32_t first = 0; first < extent.batches; first += kMostBatches) {
    Extent part_extent = extent;
    part_extent.batches = std::min(extent.batches - first, kMostBatches);
    parts_.push_back(std::make_unique<Part>(device, cache, part_extent, planes, spectrum, first));
    Part& part = *parts_.back();
    if (part.is_column()) {
      part.real_to_complex.emplace(device, cache, fft_shader("real_to_complex"));
      part.complex_to_real.emplace(device, cache, fft_shader("complex_to_real"));
    }
    if (part.has_plan()) part.make_plan(cache_directory);
  }
}

Fft::~Fft() = default;
Fft::Fft(Fft&&) noexcept = default;
Fft& Fft::operator=(Fft&&) noexcept = default;

std::uint64_t Fft::planes_bytes(const Extent& extent) {
  return std::uint64_t{4} * extent.batches * extent.height * extent.width;
}

std::uint64_t Fft::spectrum_bytes(const Extent& extent) {
  return std::uint64_t{8} * extent.batches * extent.height * (extent.width / 2 + 1);
}

std::uint64_t Fft::scratch_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& part : parts_) {
    for (const auto& [identity, allocation] : part->allocations) sum += allocation.bytes();
  }
  return sum;
}

bool Fft::loaded() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& part) { return part->loaded || !part->has_plan(); });
}

void Fft::record(CommandRecorder& recorder, FftDirection direction) {
  for (const auto& part : parts_) part->record(recorder, direction);
}

}  // namespace gfnet::vulkan
