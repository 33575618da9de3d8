#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/model.h"

namespace gfnet {

/// What a device does at most, measured with shaders that do nothing else: the figures that a
/// kernel's are held against. A multiply-add is two operations.
struct Ceilings {
  double fp32_flops_per_second = 0;
  /// Packed halves; absent where the device has no half arithmetic.
  std::optional<double> fp16_flops_per_second;
  /// Cooperative matrices of halves, summed in single precision; absent without them.
  std::optional<double> matrix_flops_per_second;
  /// Bytes read and bytes written, both counted, between buffers beyond the usual caches. What fits
  /// a cache can be faster.
  double copy_bytes_per_second = 0;
};

/// How often something is measured, after one run that does not count.
struct MeasurementBudget {
  /// So many runs; 0: as many as fit into `seconds`, at least 3.
  std::int64_t runs = 0;
  double seconds = 2;
};

/// Runs of one batch size, from the submission to the results in host memory. The input lies on the
/// device already: random numbers in the place of normalised pictures.
struct BatchTiming {
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double median_s = 0;
  /// The least time that 95 % of the runs do not exceed.
  double p95_s = 0;
  double min_s = 0;
};

/// The way from nothing to a first result, in seconds.
struct StartupTiming {
  std::int64_t batch = 0;
  /// Vulkan instance and device, and reading the pipeline cache.
  double device_s = 0;
  /// Reading and checking the checkpoint, and bringing it to another resolution if asked to.
  double checkpoint_s = 0;
  /// Building the graph, and the passes over it.
  double graph_s = 0;
  /// Padding and uploading the weights.
  double upload_s = 0;
  /// Planning, making the pipelines and VkFFT's plans, recording the commands.
  double pipelines_s = 0;
  /// Submission to results; software drivers compile here.
  double first_run_s = 0;
  /// The sum of these.
  double total_s = 0;
  std::int64_t pipelines = 0;
  /// Whether a pipeline cache of this device and driver was on disk.
  bool pipeline_cache_loaded = false;
  std::int64_t fft_plans = 0;
  /// Those of them whose code was on disk.
  std::int64_t fft_plans_loaded = 0;
};

/// Time and work of a step, or of all steps with one kernel, in one run of a batch.
struct KernelTiming {
  /// The step's name in the plan; for a sum over steps the kernel's.
  std::string name;
  std::string kernel;
  std::int64_t steps = 1;
  /// Which ceiling its arithmetic is held against: "fp32", "fp16" (packed halves) or "matrix". A
  /// kernel that only stores halves computes in fp32.
  std::string arithmetic = "fp32";
  /// Median over the runs, on the device's clock, the barrier before it included.
  double seconds = 0;
  /// As the plan counts them: arithmetic asked for, and bytes that must be moved.
  double flops = 0;
  double bytes = 0;
  /// Seconds that the arithmetic alone and the bytes alone take at the device's ceilings.
  double compute_floor_s = 0;
  double memory_floor_s = 0;

  double flops_per_second() const { return seconds > 0 ? flops / seconds : 0; }
  double bytes_per_second() const { return seconds > 0 ? bytes / seconds : 0; }
  /// Which floor is the higher one.
  bool compute_bound() const { return compute_floor_s >= memory_floor_s; }
  /// How near it is to that floor: 1 at the ceiling. Beyond 1 where caches serve what the plan
  /// counts as moved.
  double share() const;
};

struct KernelTimings {
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  /// Median of the whole runs with their timestamps, submission to results.
  double wall_s = 0;
  std::vector<KernelTiming> steps;
  /// Summed by kernel, the slowest first.
  std::vector<KernelTiming> by_kernel;
};

/// One way through a spectral layer, or the copy of a tensor that it is held against.
struct SpectralWayTiming {
  /// "fused": statistics of the tokens, and all else in one kernel. "vkfft": normalisation to
  /// planes, VkFFT's transform, product, VkFFT's inverse. "copy": the faster of the driver's
  /// command and a shader.
  std::string name;
  double median_s = 0;
  double min_s = 0;
  /// The medians over the rounds of its time over the first way's, and over the copy's.
  double over_first = 0;
  double over_copy = 0;
};

/// The first normalisation and the global filter of a block, on random numbers, along each way that
/// the device can take, and a copy of what they read: turn by turn in one run, so that a drift of
/// the machine touches all alike. In single precision, on the device's clock.
struct SpectralTiming {
  std::int64_t grid_height = 0;
  std::int64_t grid_width = 0;
  std::int64_t channels = 0;
  std::int64_t batch = 0;
  /// Rounds.
  std::int64_t runs = 0;
  /// That of the rule first, the copy last.
  std::vector<SpectralWayTiming> ways;
};

/// Memory that one batch size takes, as allocated, in bytes.
struct BatchMemory {
  std::int64_t batch = 0;
  std::uint64_t weights_bytes = 0;
  std::uint64_t arena_bytes = 0;
  /// What VkFFT takes for itself: tables and temporary buffers.
  std::uint64_t fft_scratch_bytes = 0;
  /// Memory that the host sees: what is kept for the results, and the most there was while weights
  /// were uploaded.
  std::uint64_t host_visible_bytes = 0;
  std::uint64_t host_visible_peak_bytes = 0;
  /// The most of the device's own memory that was taken at any time.
  std::uint64_t peak_bytes = 0;
  /// What the plan says of the weights and the arena.
  std::uint64_t planned_weights_bytes = 0;
  std::uint64_t planned_arena_bytes = 0;
  /// What peak_bytes is held to: weights, input and 1.5 times the largest working set of a block.
  std::uint64_t bound_bytes = 0;
};

/// Measures a model on a device. One thread at a time may use it.
class Benchmark {
 public:
  /// Chooses the device, reads the checkpoint and compiles it to a graph. Throws as Classifier and
  /// Model::load do.
  Benchmark(const std::filesystem::path& model, const ClassifierOptions& options = {});
  ~Benchmark();
  Benchmark(Benchmark&&) noexcept;
  Benchmark& operator=(Benchmark&&) noexcept;

  const Model& model() const;
  DeviceDescription device() const;
  /// What auto came to.
  Precision precision() const;
  /// See Classifier.
  std::int64_t default_batch() const;
  void check_batch(std::int64_t batch) const;

  /// Goes the rest of the way to a first result and says how long all of it took. Throws Error if
  /// anything was measured before, for then a part of the way has been gone.
  StartupTiming startup(std::int64_t batch);

  /// Takes a second or two; measured once and remembered.
  const Ceilings& ceilings();

  BatchTiming time(std::int64_t batch, const MeasurementBudget& budget);

  /// The time of every kernel, and its share of the ceilings. Throws UnsupportedError if the device
  /// takes no timestamps.
  KernelTimings time_kernels(std::int64_t batch, const MeasurementBudget& budget);

  /// Compares the ways through each different spectral layer of the model. Throws UnsupportedError
  /// if the device takes no timestamps.
  std::vector<SpectralTiming> time_spectral(std::int64_t batch, const MeasurementBudget& budget);

  /// Makes everything for one batch size anew, the weights included, and counts.
  BatchMemory memory(std::int64_t batch);

  /// See Classifier.
  std::vector<std::string> validation_messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
