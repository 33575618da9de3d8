#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gfnet/image.h"
#include "image/resize_plan.h"
#include "kernels/device_facts.h"
#include "runtime/device_context.h"
#include "runtime/recording_cache.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/memory/buffer.h"

/// The commands that turn rows of images in device memory into the network's input: resize, crop,
/// normalise. The commands do not depend on the images' sizes, because they read the sizes from a
/// buffer.
namespace gfnet::runtime {

/// Selects images [first, first + count) from a buffer with one parameters::ResizeImage per image.
/// Selected images without rows are skipped.
struct ImageRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// Bytes per pixel of the formats that can be resized. The horizontal resize has one shader for
/// each of these numbers.
inline constexpr std::uint32_t kPixelSizes[] = {3, 4, 1};

/// Makes the pipelines for images of this format now, and not when commands are recorded.
void make_resize_pipelines(DeviceContext& context, PixelFormat format);

/// The lanes of a subgroup for record_texel_resize(), or 0 if it does not suit the device: only
/// software drivers are faster with it. most_bytes: the largest source buffer.
std::uint32_t texel_resize_lanes(const kernels::DeviceFacts& facts, std::uint64_t most_bytes);
/// The rows that record_texel_resize() reads start at multiples of so many bytes.
inline constexpr std::uint64_t kTexelRowAlignment = 16;

/// As record_horizontal_resize() for images of 3 bytes per pixel, for a target of three channels.
/// lanes: as texel_resize_lanes() gives them.
void record_texel_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                         const parameters::ResizeTarget& target, ImageRange range,
                         std::uint32_t lanes, const vulkan::Buffer& images,
                         const vulkan::Buffer& source, const vulkan::Buffer& intermediate);

/// Records the horizontal resize, from `source` to `intermediate`, of those images of the range
/// that have `pixel_bytes` bytes per pixel. images: one parameters::ResizeImage per image. target:
/// see image::target_parameters.
void record_horizontal_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                              const parameters::ResizeTarget& target, ImageRange range,
                              std::uint32_t pixel_bytes, const vulkan::Buffer& images,
                              const vulkan::Buffer& source, const vulkan::Buffer& intermediate);
/// Records the vertical resize of the images of the range, from `intermediate` to `input`: planes
/// [N, C, H, W] f32 (images, colour channels, rows and columns of the network's input).
void record_vertical_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                            const parameters::ResizeTarget& target, ImageRange range,
                            const vulkan::Buffer& images, const vulkan::Buffer& intermediate,
                            const vulkan::Buffer& input);
/// Records a copy of the images' rows from `upload` to the same offsets of `source`. Rows must
/// start at multiples of 4 bytes.
void record_row_copy(vulkan::CommandRecorder& recorder, DeviceContext& context,
                     const parameters::ResizeTarget& target, ImageRange range,
                     const vulkan::Buffer& images, const vulkan::Buffer& upload,
                     const vulkan::Buffer& source);

/// An image in device memory.
struct DeviceImage {
  const vulkan::Buffer* buffer = nullptr;
  /// Bytes from the start of the buffer to the first byte of the top left pixel. If a pixel has 4
  /// bytes, offset and row_stride must be multiples of 4; otherwise they may be any numbers.
  std::uint64_t offset = 0;
  /// Size in pixels; both at least 1.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// Bytes from the start of a row to the start of the row below it.
  std::uint64_t row_stride = 0;
  PixelFormat format = PixelFormat::kRgb;
};

/// Records commands that write images[i] to index i of `input`: planes [N, C, H, W] f32 (images,
/// colour channels, rows and columns of the network's input). The recording has memory of its own,
/// and refers to the images' buffers and to `input`. The recording sees what earlier submissions
/// wrote to the images, in any stage, and later submissions may overwrite the images. The recording
/// may be submitted again while it runs. Images whose intermediates exceed one storage buffer
/// together are resized in groups, one after another. This function submits nothing and does not
/// wait for the device. Throws ArgumentError if an image does not lie in its buffer or is not
/// aligned (DeviceImage::offset); UnsupportedError if the network takes neither 1 nor 3 channels or
/// an image is too large for the device; VulkanError. images: at least one.
BoundRecording record_preprocessing(DeviceContext& context, const image::ResizeTarget& target,
                                    std::span<const DeviceImage> images,
                                    const vulkan::Buffer& input);

}  // namespace gfnet::runtime
