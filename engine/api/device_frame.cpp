#include "api/device_frame.h"

#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "api/shared_device.h"
#include "gfnet/error.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet {
namespace {

constexpr std::uint64_t kPixelBytes = 4;

/// Largest size of a frame in bytes: Vulkan stores the size of a storage buffer in 32 bits.
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::uint32_t>::max();

std::uint64_t bytes_of(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) throw Error("a frame without pixels");
  const std::uint64_t pixels = std::uint64_t{width} * height;
  if (pixels > kMostBytes / kPixelBytes) {
    throw UnsupportedError("a frame of " + std::to_string(width) + "×" + std::to_string(height) +
                           " pixels");
  }
  return kPixelBytes * pixels;
}

std::uint64_t new_identity() {
  static std::atomic<std::uint64_t> next{0};
  return ++next;
}

}  // namespace

DeviceFrame::State::State(vulkan::Device& device, std::uint32_t w, std::uint32_t h)
    : width(w),
      height(h),
      identity(new_identity()),
      memory(device, bytes_of(w, h), vulkan::MemoryKind::kDeviceLocal),
      buffer(device, memory, bytes_of(w, h)) {}

DeviceFrame::DeviceFrame(const SharedDevice& device, std::uint32_t width, std::uint32_t height)
    : state_(std::make_unique<State>(device.state().context.device(), width, height)) {}

DeviceFrame::~DeviceFrame() = default;
DeviceFrame::DeviceFrame(DeviceFrame&&) noexcept = default;
DeviceFrame& DeviceFrame::operator=(DeviceFrame&&) noexcept = default;

std::uint32_t DeviceFrame::width() const { return state_->width; }
std::uint32_t DeviceFrame::height() const { return state_->height; }

std::uint64_t DeviceFrame::buffer() const {
  // The handle is a pointer or an integer, depending on the platform.
  const VkBuffer handle = state_->buffer.handle();
  std::uint64_t bits = 0;
  static_assert(sizeof(handle) <= sizeof(bits));
  std::memcpy(&bits, &handle, sizeof(handle));
  return bits;
}

struct FrameUploader::State {
  explicit State(const SharedDevice& d) : shared(d), device(d.state().context.device()) {}

  SharedDevice shared;
  vulkan::Device& device;
  std::optional<vulkan::Memory> memory;
  std::uint64_t generation = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  runtime::RecordingCache recordings;
};

FrameUploader::FrameUploader(const SharedDevice& device)
    : state_(std::make_unique<State>(device)) {}

FrameUploader::~FrameUploader() = default;
FrameUploader::FrameUploader(FrameUploader&&) noexcept = default;
FrameUploader& FrameUploader::operator=(FrameUploader&&) noexcept = default;

std::span<std::byte> FrameUploader::pixels(std::uint32_t width, std::uint32_t height) {
  state_->width = state_->height = 0;  // no frame has this size: if this throws, upload() throws
  const std::uint64_t bytes = bytes_of(width, height);
  if (!state_->memory || state_->memory->bytes() < bytes) {
    state_->memory.reset();  // first, so that old and new do not exist at the same time
    state_->memory.emplace(state_->device, bytes, vulkan::MemoryKind::kUpload);
    ++state_->generation;
  }
  state_->width = width;
  state_->height = height;
  return state_->memory->mapped().subspan(0, static_cast<std::size_t>(bytes));
}

void FrameUploader::upload(DeviceFrame& frame) {
  const DeviceFrame::State& target = frame.state();
  if (target.width != state_->width || target.height != state_->height) {
    throw Error("the frame differs in size from the pixels that were written for it");
  }
  const std::string key =
      std::to_string(state_->generation) + " to " + std::to_string(target.identity);
  const vulkan::Recording& recording = state_->recordings.get(key, [&] {
    std::vector<vulkan::Buffer> buffers;
    buffers.emplace_back(state_->device, *state_->memory, target.buffer.bytes());
    vulkan::CommandRecorder recorder(state_->device);
    recorder.copy(buffers.front(), target.buffer, target.buffer.bytes());
    return runtime::BoundRecording{std::move(buffers), recorder.finish()};
  });
  state_->device.submit(recording).wait();
}

}  // namespace gfnet
