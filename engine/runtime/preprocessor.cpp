#include "runtime/preprocessor.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.h"
#include "gfnet/error.h"
#include "image/image_view.h"
#include "runtime/resize_commands.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::runtime {
namespace {

/// Rows start at a multiple of so many bytes in the upload memory.
constexpr std::uint64_t kWord = 4;

/// Number of images for which a part of `pieces` is recorded. Unless the part is the whole batch,
/// this is a power of two, and some images have no rows: the parts of large batches differ in their
/// numbers of images.
std::uint32_t recorded_images(std::size_t pieces, std::size_t batch) {
  return static_cast<std::uint32_t>(std::min(std::bit_ceil(pieces), batch));
}

/// Throws ArgumentError unless the image has the pixels of the window. index: the image's index,
/// for the message.
void check_part(const ImageView& image, const image::SourceWindow& window, std::size_t index) {
  const PartOf& part = image.part_of;
  if (window.first_column >= part.left && window.first_row >= part.top &&
      window.first_column - part.left + window.columns <= image.width &&
      window.first_row - part.top + window.rows <= image.height) {
    return;
  }
  throw ArgumentError(fmt::format(
      "images[{}]: the part of {}×{} pixels from column {} and row {} lacks pixels that the "
      "network gets: {}×{} from column {} and row {}",
      index, image.width, image.height, part.left, part.top, window.columns, window.rows,
      window.first_column, window.first_row));
}

}  // namespace

/// One image to preprocess, and how its rows lie in the upload memory.
struct Preprocessor::Job {
  const ImageView* image = nullptr;
  /// Size of the whole image, also if only a part of it is given.
  image::Extent whole;
  image::ResizePlan plan;
  /// Bytes of a row of plan.window, the part of the image that the resize reads.
  std::uint64_t row_bytes = 0;
  /// Bytes from the start of one row to the start of the next in the upload memory.
  std::uint64_t pitch = 0;
};

/// The rows of one image that a part contains: rows [begin, end) of the image's window. They are
/// all rows of the window, unless the image is too large for one part. image: index of the Job.
struct Preprocessor::Piece {
  std::size_t image = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  /// Where the rows of this piece start, in bytes after the start of the part's rows.
  std::uint64_t offset = 0;
  /// Where the image's intermediate (the result of the horizontal resize) starts in the
  /// intermediate memory, in bytes.
  std::uint64_t intermediate_offset = 0;
};

/// A part of a batch: the pieces of images that are uploaded and submitted together.
struct Preprocessor::Part {
  std::vector<Piece> pieces;
  std::uint64_t row_bytes = 0;
  std::uint64_t intermediate_bytes = 0;
};

/// The facts about a part that its recorded commands depend on, apart from the memory blocks.
struct Preprocessor::Layout {
  /// Number of images that the commands handle. May exceed the number of pieces; the images beyond
  /// it have no rows.
  std::uint32_t images = 0;
  /// The numbers of bytes per pixel that occur in the part, each once, in the order of kPixelSizes.
  std::vector<std::uint32_t> pixel_sizes;
  /// Size in bytes of the images' parameters, which come first in the upload memory.
  std::uint64_t parameter_bytes = 0;
  /// Where the rows start in the upload memory, in bytes.
  std::uint64_t rows_offset = 0;
};

Preprocessor::Preprocessor(DeviceContext& context, Target target, const Options& options)
    : context_(context),
      target_(std::move(target)),
      wanted_upload_(options.upload),
      part_bytes_(options.part_bytes),
      most_buffer_bytes_(std::min(options.most_buffer_bytes, context.facts().max_buffer_bytes)),
      texel_lanes_(target_.normalisation.mean.size() == 3
                       ? texel_resize_lanes(context.facts(), most_buffer_bytes_)
                       : 0),
      source_(context.device(), vulkan::MemoryKind::kDeviceLocal),
      intermediate_(context.device(), vulkan::MemoryKind::kDeviceLocal),
      slots_{{{{context.device(), vulkan::MemoryKind::kUpload}, {}},
              {{context.device(), vulkan::MemoryKind::kUpload}, {}}}} {}

std::vector<Preprocessor::Job> Preprocessor::make_jobs(std::span<const ImageView> images) const {
  image::check_views(images);
  std::vector<Job> jobs;
  jobs.reserve(images.size());
  for (const ImageView& image : images) {
    Job job;
    job.image = &image;
    job.whole = image::whole_extent(image);
    job.plan = image::make_resize_plan(job.whole, target_);
    check_part(image, job.plan.window, jobs.size());
    job.row_bytes = std::uint64_t{job.plan.window.columns} * image::bytes_per_pixel(image.format);
    const std::uint64_t alignment = texel_lanes_ > 0 ? kTexelRowAlignment : kWord;
    job.pitch = (job.row_bytes + alignment - 1) / alignment * alignment;
    if (job.pitch > most_buffer_bytes_) {
      throw UnsupportedError(fmt::format("an image {} pixels wide", job.whole.width),
                             context_.device().info().name);
    }
    if (job.plan.intermediate_bytes > most_buffer_bytes_) {
      throw UnsupportedError(
          fmt::format("an image of {}×{} pixels", job.whole.width, job.whole.height),
          context_.device().info().name);
    }
    job.plan.set_source(image.format, job.pitch);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::vector<Preprocessor::Part> Preprocessor::split(std::span<const Job> jobs) const {
  const std::uint64_t limit = std::min(part_bytes_, most_buffer_bytes_);
  const std::uint64_t most_images = most_buffer_bytes_ / sizeof(parameters::ResizeImage);
  std::vector<Part> parts;
  bool takes_more = false;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const image::ResizePlan& plan = jobs[i].plan;
    const auto most_rows = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(limit / jobs[i].pitch, 1, plan.window.rows));
    for (std::uint32_t begin = 0; begin < plan.window.rows;) {
      const std::uint32_t end = begin + std::min(most_rows, plan.window.rows - begin);
      const std::uint64_t bytes = (end - begin) * jobs[i].pitch;
      const bool is_whole = begin == 0 && end == plan.window.rows;
      // Each piece of an image is a part of its own: the image's intermediate then has the same
      // place in all these parts, and its memory is not replaced between them.
      if (!is_whole || !takes_more || parts.back().row_bytes + bytes > limit ||
          parts.back().intermediate_bytes + plan.intermediate_bytes > limit ||
          recorded_images(parts.back().pieces.size() + 1, jobs.size()) > most_images) {
        parts.emplace_back();
      }
      takes_more = is_whole;
      Part& part = parts.back();
      part.pieces.push_back({i, begin, end, part.row_bytes, part.intermediate_bytes});
      part.row_bytes += bytes;
      part.intermediate_bytes += plan.intermediate_bytes;
      begin = end;
    }
  }
  return parts;
}

void Preprocessor::run(std::span<const ImageView> images, const vulkan::Buffer& input,
                       RecordingCache& recordings, std::size_t slot) {
  const std::vector<Job> jobs = make_jobs(images);
  try {
    for (const Part& part : split(jobs)) {
      run_part(jobs, part, input, recordings, slot);
      slot = (slot + 1) % kBatchSlots;
    }
  } catch (...) {
    wait_quietly();  // the caller may destroy the input and its recordings
    throw;
  }
}

Preprocessor::Upload Preprocessor::upload() const {
  if (wanted_upload_) return *wanted_upload_;
  const vulkan::Device& device = context_.device();
  return device.memory_type(vulkan::MemoryKind::kUpload) ==
                 device.memory_type(vulkan::MemoryKind::kDeviceLocal)
             ? Upload::kDirect
             : Upload::kCopied;
}

void Preprocessor::wait() {
  for (Slot& slot : slots_) slot.submission.wait();
}

void Preprocessor::wait_quietly() noexcept {
  for (Slot& slot : slots_) slot.submission = {};
}

std::vector<float> Preprocessor::tensor(std::span<const ImageView> images, std::size_t elements,
                                        std::size_t slot) {
  vulkan::Device& device = context_.device();
  const std::uint64_t bytes = elements * sizeof(float);
  const vulkan::Memory device_memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  const vulkan::Memory host_memory(device, bytes, vulkan::MemoryKind::kReadback);
  const vulkan::Buffer input(device, device_memory, bytes);
  const vulkan::Buffer readback(device, host_memory, bytes);
  RecordingCache recordings;
  run(images, input, recordings, slot);
  wait();
  vulkan::CommandRecorder recorder(device);
  recorder.copy(input, readback, bytes);
  const vulkan::Recording recording = recorder.finish();
  device.submit(recording).wait();
  std::vector<float> tensor(elements);
  std::memcpy(tensor.data(), readback.mapped().data(), bytes);
  return tensor;
}

void Preprocessor::reserve(std::span<const Job> jobs, const Part& part, const Layout& layout,
                           Slot& slot) {
  const std::uint64_t bytes = layout.rows_offset + part.row_bytes;
  const std::uint64_t source_bytes = upload() == Upload::kCopied ? bytes : 0;
  if (!source_.holds(source_bytes) || !intermediate_.holds(part.intermediate_bytes)) wait();
  try {
    slot.memory.reserve(bytes);
    source_.reserve(source_bytes);
    intermediate_.reserve(part.intermediate_bytes);
  } catch (const VulkanError& error) {
    // If one large image does not fit in memory, only that image is refused: smaller ones may fit.
    if (!error.is_out_of_memory() || part.pieces.size() > 1 ||
        std::max(bytes, part.intermediate_bytes) <= part_bytes_) {
      throw;
    }
    const image::Extent& whole = jobs[part.pieces.front().image].whole;
    throw UnsupportedError(
        fmt::format("an image of {}×{} pixels (not enough memory)", whole.width, whole.height),
        context_.device().info().name);
  }
}

void Preprocessor::fill(std::span<const Job> jobs, const Part& part, Layout& layout,
                        std::span<std::byte> upload) const {
  std::vector<parameters::ResizeImage> parameters(layout.images);
  std::byte* const rows_of_part = upload.data() + layout.rows_offset;
  for (std::size_t i = 0; i < part.pieces.size(); ++i) {
    const Piece& piece = part.pieces[i];
    const Job& job = jobs[piece.image];
    image::ResizePlan plan = job.plan;
    plan.place(piece.intermediate_offset, piece.image * plan.destination_elements);
    parameters[i] = plan.band(piece.begin, piece.end, piece.offset);

    const ImageView& image = *job.image;
    const std::uint8_t* const from =
        image.data +
        (plan.window.first_row - image.part_of.top + std::size_t{piece.begin}) * image.row_stride +
        std::size_t{plan.window.first_column - image.part_of.left} *
            image::bytes_per_pixel(image.format);
    std::byte* const to = rows_of_part + piece.offset;
    const std::size_t rows = piece.end - piece.begin;
    if (job.pitch == image.row_stride && job.pitch == job.row_bytes) {
      std::memcpy(to, from, rows * job.pitch);
      continue;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      std::memcpy(to + row * job.pitch, from + row * image.row_stride, job.row_bytes);
    }
  }
  std::memcpy(upload.data(), parameters.data(), layout.parameter_bytes);
  for (const std::uint32_t size : kPixelSizes) {
    if (std::ranges::find(parameters, size, &parameters::ResizeImage::pixel_bytes) !=
        parameters.end()) {
      layout.pixel_sizes.push_back(size);
    }
  }
}

void Preprocessor::run_part(std::span<const Job> jobs, const Part& part,
                            const vulkan::Buffer& input, RecordingCache& recordings,
                            std::size_t slot) {
  Layout layout;
  layout.images = recorded_images(part.pieces.size(), jobs.size());
  layout.parameter_bytes = layout.images * sizeof(parameters::ResizeImage);
  layout.rows_offset = context_.device().aligned(layout.parameter_bytes);

  Slot& upload = slots_[slot];
  upload.submission.wait();
  reserve(jobs, part, layout, upload);
  fill(jobs, part, layout, upload.memory.memory().mapped());

  std::string key = fmt::format("images {}, bytes per pixel", layout.images);
  for (const std::uint32_t size : layout.pixel_sizes) key += fmt::format(" {}", size);
  key += ", memory";
  for (const std::uint64_t number : {std::uint64_t{slot}, upload.memory.generation(),
                                     source_.generation(), intermediate_.generation()}) {
    key += fmt::format(" {}", number);
  }
  const vulkan::Recording& recording = recordings.get(key, [&] {
    ++recordings_made_;
    log(LogLevel::kDebug,
        fmt::format("preprocessing: recording {}, for {} images", recordings_made_, layout.images));
    return record(layout, input, upload);
  });
  upload.submission = context_.device().submit(recording);
}

BoundRecording Preprocessor::record(const Layout& layout, const vulkan::Buffer& input,
                                    const Slot& slot) {
  const vulkan::Device& device = context_.device();
  const parameters::ResizeTarget target = image::target_parameters(target_);
  const ImageRange range{0, layout.images};
  std::vector<vulkan::Buffer> buffers;
  buffers.reserve(5);
  // The memory may be larger than one buffer can be. What a part uses is not: see make_jobs() and
  // split().
  const auto buffer = [&](const GrowingMemory& memory, std::uint64_t begin,
                          std::uint64_t end) -> const vulkan::Buffer& {
    const std::uint64_t bytes = std::min(end - begin, most_buffer_bytes_);
    return buffers.emplace_back(device, memory.memory(), begin, bytes / 4 * 4);
  };
  const auto rows_of = [&](const GrowingMemory& memory) -> const vulkan::Buffer& {
    return buffer(memory, layout.rows_offset, memory.memory().bytes());
  };

  vulkan::CommandRecorder recorder(device);
  const vulkan::Buffer* images = &buffer(slot.memory, 0, layout.parameter_bytes);
  const vulkan::Buffer* rows = &rows_of(slot.memory);
  if (upload() == Upload::kCopied) {
    const vulkan::Buffer& images_copy = buffer(source_, 0, layout.parameter_bytes);
    const vulkan::Buffer& rows_copy = rows_of(source_);
    recorder.copy(*images, images_copy, layout.parameter_bytes);
    record_row_copy(recorder, context_, target, range, *images, *rows, rows_copy);
    images = &images_copy;
    rows = &rows_copy;
  }
  const vulkan::Buffer& intermediate = buffer(intermediate_, 0, intermediate_.memory().bytes());
  for (const std::uint32_t size : layout.pixel_sizes) {
    if (size == 3 && texel_lanes_ > 0) {
      record_texel_resize(recorder, context_, target, range, texel_lanes_, *images, *rows,
                          intermediate);
    } else {
      record_horizontal_resize(recorder, context_, target, range, size, *images, *rows,
                               intermediate);
    }
  }
  record_vertical_resize(recorder, context_, target, range, *images, intermediate, input);
  return {std::move(buffers), recorder.finish()};
}

}  // namespace gfnet::runtime
