#include "runtime/resize_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "gfnet/error.h"
#include "image/image_view.h"
#include "kernels/shaders/resize.h"

namespace gfnet::runtime {
namespace {

/// Number of threads along y that share the rows of an image in the horizontal resize. Together
/// these threads take 256 rows at a time. With more threads, a single image would keep a large
/// device busier. With fewer threads, fewer of them would have no rows in a small image.
constexpr std::uint32_t kRowThreads = 256 / parameters::kResizeRows;

/// Number of workgroups along y that share the rows of an image in record_texel_resize(). Those of
/// a small image that have no rows cost little.
constexpr std::uint32_t kTexelRowGroups = 64;

/// Number of threads that share the words of an image when the image's rows are copied. So many
/// threads read at a time that they fill the connection between host and device.
constexpr std::uint32_t kCopyThreads = 1u << 14;

const vulkan::Pipeline& horizontal_pipeline(DeviceContext& context, std::uint32_t pixel_bytes) {
  const char* const shader = pixel_bytes == 3   ? "resize_horizontal"
                             : pixel_bytes == 4 ? "resize_horizontal_words"
                                                : "resize_horizontal_grey";
  return context.pipeline(shader, kernels::specialize(kernels::ResizeHorizontalConstants{}));
}

const vulkan::Pipeline& vertical_pipeline(DeviceContext& context) {
  return context.pipeline("resize_vertical",
                          kernels::specialize(kernels::ResizeVerticalConstants{}));
}

/// Runs a pipeline over x·y threads for each image of the range. Records one dispatch, or several
/// if the range has more images than a dispatch can have workgroups along z.
void dispatch_for_images(vulkan::CommandRecorder& recorder, DeviceContext& context,
                         const vulkan::Pipeline& pipeline,
                         std::span<const vulkan::Binding> bindings, parameters::ResizeTarget target,
                         ImageRange range, std::uint32_t x, std::uint32_t y) {
  const auto most = context.device().info().max_workgroup_count[2];
  for (std::uint32_t done = 0; done < range.count; done += most) {
    target.first_image = range.first + done;
    recorder.dispatch(pipeline, bindings, target,
                      std::array{x, y, std::min(most, range.count - done)});
  }
}

/// Images whose intermediates are in one buffer. Each image has a part of its own there, so that no
/// barrier separates the images. Groups use the same memory, one after another.
struct Group {
  struct Part {
    std::uint64_t offset;
    std::uint64_t bytes;
  };
  ImageRange images;
  std::vector<Part> parts;
  /// The end of the last part.
  std::uint64_t bytes = 0;
};

/// Throws ArgumentError unless the rows of the image lie in image.buffer and are aligned for the
/// shaders. index: the image's index, for the message.
void check_image(const DeviceImage& image, std::size_t index) {
  const std::string who = fmt::format("images[{}]: ", index);
  const std::uint32_t pixel_bytes = image::bytes_per_pixel(image.format);
  const std::uint64_t row_bytes = std::uint64_t{pixel_bytes} * image.width;
  if (image.width == 0 || image.height == 0 || image.row_stride < row_bytes) {
    throw ArgumentError(fmt::format("{}{}×{} pixels with a row stride of {} bytes", who,
                                    image.width, image.height, image.row_stride));
  }
  const std::uint64_t bytes = image.buffer->bytes();
  if (image.offset > bytes ||
      !image::extent_within(bytes - image.offset, row_bytes, image.height, image.row_stride)) {
    throw ArgumentError(fmt::format("{}its rows end beyond its buffer of {} bytes", who, bytes));
  }
  if (pixel_bytes == 4 && (image.offset % 4 != 0 || image.row_stride % 4 != 0)) {
    throw ArgumentError(who +
                        "its pixels have 4 bytes, but it does not start at a multiple of 4 "
                        "bytes, or its row stride is none");
  }
}

}  // namespace

void make_resize_pipelines(DeviceContext& context, PixelFormat format) {
  horizontal_pipeline(context, image::bytes_per_pixel(format));
  vertical_pipeline(context);
}

void record_horizontal_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                              const parameters::ResizeTarget& target, ImageRange range,
                              std::uint32_t pixel_bytes, const vulkan::Buffer& images,
                              const vulkan::Buffer& source, const vulkan::Buffer& intermediate) {
  const std::array<vulkan::Binding, 3> bindings{{{&images, Access::kRead},
                                                 {&source, Access::kRead},
                                                 {&intermediate, Access::kWrite}}};
  dispatch_for_images(recorder, context, horizontal_pipeline(context, pixel_bytes), bindings,
                      target, range, target.columns, kRowThreads);
}

std::uint32_t texel_resize_lanes(const kernels::DeviceFacts& facts, std::uint64_t most_bytes) {
  return facts.software && most_bytes / kTexelRowAlignment <= facts.max_texel_elements
             ? facts.broadcast_lanes()
             : 0;
}

void record_texel_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                         const parameters::ResizeTarget& target, ImageRange range,
                         std::uint32_t lanes, const vulkan::Buffer& images,
                         const vulkan::Buffer& source, const vulkan::Buffer& intermediate) {
  const std::array<vulkan::Binding, 3> bindings{
      {{&images, Access::kRead},
       {&source, Access::kRead, vulkan::TexelFormat::kRgba32Uint},
       {&intermediate, Access::kWrite}}};
  const std::uint32_t columns =
      (target.columns + parameters::kResizeTexelColumns - 1) / parameters::kResizeTexelColumns;
  dispatch_for_images(
      recorder, context,
      context.pipeline("resize_horizontal_texels",
                       kernels::specialize(kernels::ResizeHorizontalTexelsConstants{lanes})),
      bindings, target, range, columns * lanes, kTexelRowGroups);
}

void record_vertical_resize(vulkan::CommandRecorder& recorder, DeviceContext& context,
                            const parameters::ResizeTarget& target, ImageRange range,
                            const vulkan::Buffer& images, const vulkan::Buffer& intermediate,
                            const vulkan::Buffer& input) {
  const std::array<vulkan::Binding, 3> bindings{{{&images, Access::kRead},
                                                 {&intermediate, Access::kRead},
                                                 {&input, Access::kWrite}}};
  dispatch_for_images(
      recorder, context, vertical_pipeline(context), bindings, target, range,
      (target.columns + parameters::kResizeColumns - 1) / parameters::kResizeColumns, target.rows);
}

void record_row_copy(vulkan::CommandRecorder& recorder, DeviceContext& context,
                     const parameters::ResizeTarget& target, ImageRange range,
                     const vulkan::Buffer& images, const vulkan::Buffer& upload,
                     const vulkan::Buffer& source) {
  const std::array<vulkan::Binding, 3> bindings{
      {{&images, Access::kRead}, {&upload, Access::kRead}, {&source, Access::kWrite}}};
  dispatch_for_images(
      recorder, context,
      context.pipeline("copy_rows", kernels::specialize(kernels::CopyRowsConstants{})), bindings,
      target, range, kCopyThreads, 1);
}

BoundRecording record_preprocessing(DeviceContext& context, const image::ResizeTarget& target,
                                    std::span<const DeviceImage> images,
                                    const vulkan::Buffer& input) {
  vulkan::Device& device = context.device();
  const std::uint64_t parameter_bytes = images.size() * sizeof(parameters::ResizeImage);
  const std::uint64_t start = device.aligned(parameter_bytes);
  const std::uint64_t most =
      std::min(device.info().max_storage_buffer_range, vulkan::Memory::most_bytes(device) - start);
  std::vector<parameters::ResizeImage> parameters;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const DeviceImage& image = images[i];
    check_image(image, i);
    image::ResizePlan plan = image::make_resize_plan({image.height, image.width}, target);
    if (plan.intermediate_bytes > most) {
      throw UnsupportedError(fmt::format("an image of {}×{} pixels", image.width, image.height),
                             device.info().name);
    }
    std::uint64_t offset = groups.empty() ? 0 : device.aligned(groups.back().bytes);
    if (groups.empty() || offset + plan.intermediate_bytes > most) {
      groups.push_back({{static_cast<std::uint32_t>(i), 0}, {}, 0});
      offset = 0;
    }
    const image::SourceWindow& window = plan.window;
    plan.set_source(image.format, image.row_stride);
    plan.place(offset, i * plan.destination_elements);
    parameters.push_back(
        plan.band(0, window.rows,
                  image.offset + window.first_row * image.row_stride +
                      std::uint64_t{window.first_column} * image::bytes_per_pixel(image.format)));
    parameters.back().row_word = 0;  // the first half binds the image's part alone
    Group& group = groups.back();
    ++group.images.count;
    group.parts.push_back({offset, plan.intermediate_bytes});
    group.bytes = offset + plan.intermediate_bytes;
  }

  const std::uint64_t intermediate_bytes = std::ranges::max(groups, {}, &Group::bytes).bytes;
  std::vector<vulkan::Memory> memory;
  memory.reserve(2);
  const vulkan::Memory& upload_memory =
      memory.emplace_back(device, parameter_bytes, vulkan::MemoryKind::kUpload);
  const vulkan::Memory& device_memory =
      memory.emplace_back(device, start + intermediate_bytes, vulkan::MemoryKind::kDeviceLocal);
  std::memcpy(upload_memory.mapped().data(), parameters.data(), parameter_bytes);
  std::vector<vulkan::Buffer> buffers;
  buffers.reserve(2 + groups.size() + images.size());
  const vulkan::Buffer& upload = buffers.emplace_back(device, upload_memory, 0, parameter_bytes);
  const vulkan::Buffer& image_buffer =
      buffers.emplace_back(device, device_memory, 0, parameter_bytes);

  const parameters::ResizeTarget push = image::target_parameters(target);
  vulkan::CommandRecorder recorder(device, vulkan::Replay::kAnyTime);
  recorder.acquire();
  // Each run copies the parameters again: a copy made now would wait for the device's earlier work.
  recorder.copy(upload, image_buffer, parameter_bytes);
  for (const Group& group : groups) {
    for (std::uint32_t k = 0; k < group.images.count; ++k) {
      const std::uint32_t i = group.images.first + k;
      const vulkan::Buffer& part = buffers.emplace_back(
          device, device_memory, start + group.parts[k].offset, group.parts[k].bytes);
      record_horizontal_resize(recorder, context, push, {i, 1}, parameters[i].pixel_bytes,
                               image_buffer, *images[i].buffer, part);
    }
    const vulkan::Buffer& intermediate =
        buffers.emplace_back(device, device_memory, start, group.bytes);
    record_vertical_resize(recorder, context, push, group.images, image_buffer, intermediate,
                           input);
  }
  recorder.release();
  return {std::move(memory), std::move(buffers), recorder.finish()};
}

}  // namespace gfnet::runtime
