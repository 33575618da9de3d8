#include "vulkan/fft/fft.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/fft/vkfft_plan.h"
#include "vulkan/pipelines/pipeline.h"

namespace gfnet::vulkan {

// Written by the build from shaders/ beside this file.
std::span<const ShaderBinary> fft_shaders();

namespace {

/// Largest number of planes in one VkFFT plan. Vulkan guarantees 65535 workgroups per axis. For
/// more workgroups, VkFFT 1.3.4 splits its dispatches and computes wrong planes. An Fft with more
/// planes uses several plans, one for each Part. The number is a multiple of 256, so that the
/// buffers of every Part are aligned.
constexpr std::uint32_t kMostBatches = 65280;

const ShaderBinary& fft_shader(std::string_view name) {
  for (const ShaderBinary& shader : fft_shaders()) {
    if (shader.name == name) return shader;
  }
  throw Error(fmt::format("this build has no shader '{}'", name));
}

}  // namespace

/// The transform of a part of the planes: at most kMostBatches consecutive ones. `plan` refers to
/// `planes` and `spectrum`, so a Part never moves.
struct Fft::Part {
  Part(Device& device, const PipelineCache& cache, const Extent& extent_in,
       const Buffer& all_planes, const Buffer& all_spectra, std::uint32_t first_batch,
       const std::filesystem::path& cache_directory)
      : extent(extent_in),
        planes(device, all_planes, first_batch * (planes_bytes(extent) / extent.batches),
               planes_bytes(extent)),
        spectrum(device, all_spectra, first_batch * (spectrum_bytes(extent) / extent.batches),
                 spectrum_bytes(extent)) {
    if (is_column()) {
      real_to_complex.emplace(device, cache, fft_shader("real_to_complex"));
      complex_to_real.emplace(device, cache, fft_shader("complex_to_real"));
    }
    if (!is_column() || extent.height > 1) {
      plan.emplace(device, cache, extent, planes, spectrum, cache_directory);
    }
  }

  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// Whether the width is 1. If it is, there is no transform along the rows: the conversion between
  /// real and complex is a copy, and VkFFT transforms the columns as complex data, in place.
  bool is_column() const { return extent.width == 1; }

  void record(CommandRecorder& recorder, FftDirection direction);
  void convert(CommandRecorder& recorder, const Pipeline& pipeline, const Buffer& from,
               const Buffer& to) const;

  Extent extent;
  Buffer planes;
  Buffer spectrum;
  /// The pipelines that copy planes to spectrum and spectrum to planes. Set only if is_column().
  std::optional<Pipeline> real_to_complex;
  std::optional<Pipeline> complex_to_real;
  /// Empty if a plane has only one element, because the transform is then a copy.
  std::optional<VkfftPlan> plan;
};

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
  if (plan) plan->append(recorder, direction);
  if (is_column() && direction == FftDirection::kInverse) {
    convert(recorder, *complex_to_real, spectrum, planes);
  }
}

Fft::Fft(Device& device, const PipelineCache& cache, Extent extent, const Buffer& planes,
         const Buffer& spectrum, const std::filesystem::path& cache_directory)
    : extent_(extent) {
  if (extent.height == 0 || extent.width == 0 || extent.batches == 0) {
    throw Error(fmt::format("FFT of {}: the extent is empty", extent.text()));
  }
  if (planes.bytes() < planes_bytes(extent) || spectrum.bytes() < spectrum_bytes(extent)) {
    throw Error(fmt::format("FFT of {} needs buffers of {} and {} bytes, not {} and {}",
                            extent.text(), planes_bytes(extent), spectrum_bytes(extent),
                            planes.bytes(), spectrum.bytes()));
  }
  for (std::uint32_t first = 0; first < extent.batches; first += kMostBatches) {
    Extent part_extent = extent;
    part_extent.batches = std::min(extent.batches - first, kMostBatches);
    parts_.push_back(std::make_unique<Part>(device, cache, part_extent, planes, spectrum, first,
                                            cache_directory));
  }
}

Fft::~Fft() = default;
Fft::Fft(Fft&&) noexcept = default;
Fft& Fft::operator=(Fft&&) noexcept = default;

std::string Fft::Extent::text() const { return fmt::format("{}×{}×{}", batches, height, width); }

std::uint64_t Fft::planes_bytes(const Extent& extent) {
  return std::uint64_t{4} * extent.batches * extent.height * extent.width;
}

std::uint64_t Fft::spectrum_bytes(const Extent& extent) {
  return std::uint64_t{8} * extent.batches * extent.height * (extent.width / 2 + 1);
}

std::uint64_t Fft::scratch_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& part : parts_) sum += part->plan ? part->plan->scratch_bytes() : 0;
  return sum;
}

bool Fft::loaded() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& part) { return !part->plan || part->plan->loaded(); });
}

void Fft::record(CommandRecorder& recorder, FftDirection direction) {
  for (const auto& part : parts_) part->record(recorder, direction);
}

}  // namespace gfnet::vulkan
