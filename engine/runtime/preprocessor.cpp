#include "runtime/preprocessor.h"

#include <algorithm>
#include <cstring>

#include "gfnet/error.h"
#include "image/resize_plan.h"
#include "kernels/packing.h"
#include "kernels/shaders/resize.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::runtime {
namespace {

/// Limit for the images of one upload, in bytes. A single larger image is uploaded alone. The limit
/// keeps the upload memory small: it is as large as the largest upload.
constexpr std::uint64_t kUploadBytes = 128u << 20;

constexpr std::uint64_t kPixelBytes = 3;

}  // namespace

/// A band: rows [begin, end) of an image, few enough to be bound as one buffer.
struct Preprocessor::Band {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  /// Where the rows start in the upload memory: bytes after the start of this image's range.
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// One image to preprocess: its resize plan, and its rows in bands, each small enough for the
/// device to bind.
struct Preprocessor::Job {
  const Image* image = nullptr;
  /// Position in the batch.
  std::size_t index = 0;
  image::ResizePlan plan;
  std::vector<Band> bands;
  /// The range of the upload memory that holds the image: offset and size in bytes.
  std::uint64_t source_offset = 0;
  std::uint64_t source_room = 0;
};

bool Preprocessor::Block::reserve(const vulkan::Device& device, std::uint64_t bytes,
                                  vulkan::MemoryKind kind) {
  if (holds(bytes)) return false;
  memory.reset();  // first, so that old and new do not exist at the same time
  memory.emplace(device, bytes, kind);
  return true;
}

Preprocessor::Preprocessor(DeviceContext& context, Target target)
    : context_(context), target_(std::move(target)) {}

std::uint64_t Preprocessor::room(std::uint64_t bytes) const {
  return static_cast<std::uint64_t>(
      kernels::round_up(static_cast<std::int64_t>(bytes),
                        static_cast<std::int64_t>(context_.device().buffer_alignment())));
}

bool Preprocessor::reads_uploads() const {
  const vulkan::Device& device = context_.device();
  return device.memory_type(vulkan::MemoryKind::kUpload) ==
         device.memory_type(vulkan::MemoryKind::kDeviceLocal);
}

Preprocessor::Job Preprocessor::make_job(const Image& image, std::size_t index) const {
  if (image.rgb.size() != kPixelBytes * image.width * image.height) {
    throw Error("an image of " + std::to_string(image.width) + "×" + std::to_string(image.height) +
                " pixels with " + std::to_string(image.rgb.size()) + " bytes, not 3 per pixel");
  }
  Job job;
  job.image = &image;
  job.index = index;
  job.plan = image::make_resize_plan(
      image::resize_geometry({image.height, image.width}, target_.extent, target_.crop_ratio),
      target_.normalisation);
  job.plan.place(0, 0, index * job.plan.destination_elements);

  const std::uint64_t row_bytes = image.width * kPixelBytes;
  const std::uint64_t limit = context_.facts().max_buffer_bytes;
  if (row_bytes + 4 > limit) {
    throw UnsupportedError("an image " + std::to_string(image.width) + " pixels wide",
                           context_.device().info().name);
  }
  const auto rows_per_band = static_cast<std::uint32_t>(
      std::min<std::uint64_t>((limit - 4) / row_bytes, job.plan.horizontal.rows));
  for (std::uint32_t row = 0; row < job.plan.horizontal.rows; row += rows_per_band) {
    Band band;
    band.begin = row;
    band.end = std::min(row + rows_per_band, job.plan.horizontal.rows);
    band.offset = job.source_room;
    band.bytes = (band.end - band.begin) * row_bytes;
    job.source_room += room(band.bytes + 3);
    job.bands.push_back(band);
  }
  return job;
}

void Preprocessor::run(std::span<const Image> images, const vulkan::Buffer& input,
                       RecordingCache& recordings, std::size_t slot) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < images.size(); ++i) jobs.push_back(make_job(images[i], i));
  try {
    for (auto first = jobs.begin(); first != jobs.end(); slot = (slot + 1) % kUploadSlots) {
      std::uint64_t bytes = 0;
      auto end = first;
      for (; end != jobs.end() && (end == first || bytes + end->source_room <= kUploadBytes);
           ++end) {
        end->source_offset = bytes;
        bytes += end->source_room;
      }
      run_jobs({first, end}, input, recordings, slot);
      first = end;
    }
  } catch (...) {
    wait();  // the caller may destroy the input and its recordings
    throw;
  }
}

void Preprocessor::wait() {
  for (Upload& upload : uploads_) upload.submission.wait();
}

void Preprocessor::reserve(std::span<const Job> jobs, Upload& upload) {
  std::uint64_t source_bytes = 0;
  std::uint64_t intermediate_bytes = 0;
  for (const Job& job : jobs) {
    source_bytes += job.source_room;
    intermediate_bytes += room(job.plan.intermediate_bytes);
  }
  vulkan::Device& device = context_.device();
  if (upload.block.reserve(device, source_bytes, vulkan::MemoryKind::kUpload)) ++upload.generation;
  if (reads_uploads()) source_bytes = 0;
  if (!source_.holds(source_bytes) || !intermediate_.holds(intermediate_bytes)) wait();
  bool has_grown = source_.reserve(device, source_bytes, vulkan::MemoryKind::kDeviceLocal);
  has_grown |= intermediate_.reserve(device, intermediate_bytes, vulkan::MemoryKind::kDeviceLocal);
  if (has_grown) ++generation_;
}

void Preprocessor::run_jobs(std::span<const Job> jobs, const vulkan::Buffer& input,
                            RecordingCache& recordings, std::size_t slot) {
  Upload& upload = uploads_[slot];
  upload.submission.wait();
  try {
    reserve(jobs, upload);
  } catch (const VulkanError&) {
    // If one large image does not fit in memory, only that image is refused: smaller ones may fit.
    if (jobs.size() > 1 || jobs.front().source_room <= kUploadBytes) throw;
    const Image& image = *jobs.front().image;
    throw UnsupportedError("an image of " + std::to_string(image.width) + "×" +
                               std::to_string(image.height) + " pixels (not enough memory)",
                           context_.device().info().name);
  }
  std::string key = "images in memory " + std::to_string(generation_) + "." + std::to_string(slot) +
                    "." + std::to_string(upload.generation) + " to image " +
                    std::to_string(jobs.front().index) + ":";
  for (const Job& job : jobs) {
    key += " " + std::to_string(job.image->width) + "×" + std::to_string(job.image->height);
    const std::uint64_t row_bytes = job.image->width * kPixelBytes;
    for (const Band& band : job.bands) {
      std::memcpy(upload.block.memory->mapped().data() + job.source_offset + band.offset,
                  job.image->rgb.data() + job.plan.source_offset + band.begin * row_bytes,
                  band.bytes);
    }
  }
  const vulkan::Recording& recording =
      recordings.get(key, [&] { return record(jobs, input, upload.block); });
  upload.submission = context_.device().submit(recording);
}

BoundRecording Preprocessor::record(std::span<const Job> jobs, const vulkan::Buffer& input,
                                    const Block& upload) {
  const vulkan::Device& device = context_.device();
  std::vector<vulkan::Buffer> buffers;
  std::size_t buffer_count = jobs.size();
  for (const Job& job : jobs) buffer_count += 2 * job.bands.size();
  buffers.reserve(buffer_count);
  const auto buffer = [&](const Block& block, std::uint64_t offset,
                          std::uint64_t bytes) -> const vulkan::Buffer& {
    return buffers.emplace_back(device, *block.memory, offset, bytes);
  };

  // Each step is recorded for all images before the next step, so that the images can run side by
  // side.
  vulkan::CommandRecorder recorder(device);
  const bool copies = !reads_uploads();
  std::vector<const vulkan::Buffer*> sources;
  for (const Job& job : jobs) {
    for (const Band& band : job.bands) {
      const std::uint64_t offset = job.source_offset + band.offset;
      const std::uint64_t words_bytes = (band.bytes + 3) / 4 * 4;
      const vulkan::Buffer& uploaded = buffer(upload, offset, words_bytes);
      sources.push_back(copies ? &buffer(source_, offset, words_bytes) : &uploaded);
      if (copies) recorder.copy(uploaded, *sources.back(), words_bytes);
    }
  }
  const vulkan::Pipeline& horizontal = context_.pipeline(
      "resize_horizontal", kernels::specialize(kernels::ResizeHorizontalConstants{}));
  std::vector<const vulkan::Buffer*> intermediates;
  std::uint64_t intermediate_offset = 0;
  auto source = sources.begin();
  for (const Job& job : jobs) {
    intermediates.push_back(
        &buffer(intermediate_, intermediate_offset, job.plan.intermediate_bytes));
    intermediate_offset += room(job.plan.intermediate_bytes);
    for (const Band& band : job.bands) {
      parameters::ResizeHorizontalParameters parameters = job.plan.horizontal;
      parameters.rows = band.end - band.begin;
      parameters.destination_word += band.begin * parameters.columns;
      std::array<std::uint32_t, 3> threads = job.plan.horizontal_threads;
      threads[1] = parameters.rows;
      const std::array<vulkan::Binding, 2> bindings{
          {{*source++, Access::kRead}, {intermediates.back(), Access::kWrite}}};
      recorder.dispatch(horizontal, bindings, parameters, threads);
    }
  }
  const vulkan::Pipeline& vertical =
      context_.pipeline("resize_vertical", kernels::specialize(kernels::ResizeVerticalConstants{}));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const std::array<vulkan::Binding, 2> bindings{
        {{intermediates[i], Access::kRead}, {&input, Access::kWrite}}};
    recorder.dispatch(vertical, bindings, jobs[i].plan.vertical, jobs[i].plan.vertical_threads);
  }
  return {std::move(buffers), recorder.finish()};
}

}  // namespace gfnet::runtime
