#include "api/device_frame.h"

#include <fmt/format.h>

#include <atomic>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "api/shared_device.h"
#include "gfnet/error.h"
#include "image/image_view.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet {
namespace {

constexpr std::uint64_t kPixelBytes = 4;

/// Largest size of a frame in bytes: Vulkan stores the size of a storage buffer in 32 bits.
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::uint32_t>::max();

std::uint64_t bytes_of(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) throw ArgumentError("a frame without pixels");
  const std::uint64_t pixels = std::uint64_t{width} * height;
  if (pixels > kMostBytes / kPixelBytes) {
    throw UnsupportedError(fmt::format("a frame of {}×{} pixels", width, height));
  }
  return kPixelBytes * pixels;
}

std::uint64_t new_identity() {
  static std::atomic<std::uint64_t> next{0};
  return ++next;
}

/// The bytes from the start of the first pixel to the end of the last pixel. Throws ArgumentError
/// if the members of `pixels` contradict each other.
std::uint64_t extent_of(const FrameBuffer& pixels) {
  bytes_of(pixels.width, pixels.height);
  if (pixels.buffer == 0) throw ArgumentError("FrameBuffer::buffer is null");
  if (pixels.format != PixelFormat::kRgba && pixels.format != PixelFormat::kBgra) {
    throw ArgumentError("FrameBuffer::format is neither kRgba nor kBgra");
  }
  const std::uint64_t row = kPixelBytes * pixels.width;
  if (pixels.offset % kPixelBytes != 0 || pixels.row_stride % kPixelBytes != 0) {
    throw ArgumentError(
        fmt::format("FrameBuffer: offset {} or row_stride {} is not a multiple of 4", pixels.offset,
                    pixels.row_stride));
  }
  if (pixels.row_stride < row) {
    throw ArgumentError(fmt::format(
        "FrameBuffer::row_stride is {}, less than the {} bytes of a row", pixels.row_stride, row));
  }
  std::optional<std::uint64_t> extent;
  if (pixels.offset <= pixels.buffer_bytes) {
    extent = image::extent_within(pixels.buffer_bytes - pixels.offset, row, pixels.height,
                                  pixels.row_stride);
  }
  if (!extent) {
    throw ArgumentError(fmt::format(
        "FrameBuffer: {} rows from offset {}, {} bytes apart, exceed the buffer's {} bytes",
        pixels.height, pixels.offset, pixels.row_stride, pixels.buffer_bytes));
  }
  return *extent;
}

/// Throws ArgumentError if `bytes` exceeds the memory that Vulkan requires for the buffer: the
/// buffer cannot have this size then.
void check_size(const vulkan::Device& device, VkBuffer buffer, std::uint64_t bytes) {
  VkMemoryRequirements requirements{};
  device.vk().vkGetBufferMemoryRequirements(device.handle(), buffer, &requirements);
  if (bytes > requirements.size) {
    throw ArgumentError(
        fmt::format("FrameBuffer::buffer_bytes is {}, but the buffer has at most {}", bytes,
                    requirements.size));
  }
}

api::FrameState owned_frame(const vulkan::Device& device, std::uint32_t width,
                            std::uint32_t height) {
  const std::uint64_t bytes = bytes_of(width, height);
  vulkan::Memory memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  vulkan::Buffer buffer(device, memory, bytes);
  return {device.handle(),
          width,
          height,
          PixelFormat::kRgba,
          new_identity(),
          std::move(memory),
          std::move(buffer),
          0,
          kPixelBytes * width};
}

api::FrameState borrowed_frame(const vulkan::Device& device, const FrameBuffer& pixels) {
  const std::uint64_t extent = extent_of(pixels);
  const auto handle = vulkan::handle_of<VkBuffer>(pixels.buffer);
  check_size(device, handle, pixels.buffer_bytes);
  // A descriptor starts at an aligned offset, the first pixel somewhere after it.
  const std::uint64_t first_byte = pixels.offset % device.info().min_storage_offset_alignment;
  return {
      device.handle(), pixels.width, pixels.height, pixels.format, new_identity(), std::nullopt,
      vulkan::Buffer::borrowed(device, handle, pixels.offset - first_byte, first_byte + extent),
      first_byte,
      // No row starts one stride after a single row: a huge stride must not look like a huge frame.
      pixels.height == 1 ? kPixelBytes * pixels.width : pixels.row_stride};
}

vulkan::Device& device_of(const SharedDevice& device) {
  return api::state_of(device).context.device();
}

}  // namespace

const api::FrameState& api::state_of(const DeviceFrame& frame) { return *frame.state_; }

void api::check_device(const FrameState& frame, const vulkan::Device& device) {
  if (frame.device != device.handle()) throw ArgumentError("the frame was made for another device");
}

DeviceFrame::DeviceFrame(const SharedDevice& device, std::uint32_t width, std::uint32_t height)
    : state_(std::make_unique<api::FrameState>(owned_frame(device_of(device), width, height))) {}

DeviceFrame::DeviceFrame(const SharedDevice& device, const FrameBuffer& pixels)
    : state_(std::make_unique<api::FrameState>(borrowed_frame(device_of(device), pixels))) {}

DeviceFrame::~DeviceFrame() = default;
DeviceFrame::DeviceFrame(DeviceFrame&&) noexcept = default;
DeviceFrame& DeviceFrame::operator=(DeviceFrame&&) noexcept = default;

std::uint32_t DeviceFrame::width() const { return state_->width; }
std::uint32_t DeviceFrame::height() const { return state_->height; }
std::uint64_t DeviceFrame::buffer() const { return vulkan::bits_of(state_->buffer.handle()); }

struct FrameUploader::State {
  explicit State(const SharedDevice& d) : shared(d), device(device_of(d)) {}

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
  const api::FrameState& target = api::state_of(frame);
  api::check_device(target, state_->device);
  if (!target.memory) throw ArgumentError("the frame does not own its memory");
  if (target.width != state_->width || target.height != state_->height) {
    throw ArgumentError("the frame differs in size from the pixels that were written for it");
  }
  const std::string key = fmt::format("{} to {}", state_->generation, target.identity);
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
