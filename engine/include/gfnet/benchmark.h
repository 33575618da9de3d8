#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/export.h"
#include "gfnet/model.h"

namespace gfnet {

/// A device's peak rates, as measured. The benchmark compares each kernel's rate with them. A
/// separate shader measures each rate. A multiply-add counts as two operations.
struct Ceilings {
  double fp32_flops_per_second = 0;
  /// Arithmetic with halves in packed vectors. Empty if the device cannot compute with halves.
  std::optional<double> fp16_flops_per_second;
  /// Products of half matrices on matrix units, summed in single precision. Empty if the device
  /// has no matrix units.
  std::optional<double> matrix_flops_per_second;
  /// Bytes read plus bytes written by a copy between two buffers. The buffers are larger than usual
  /// caches. Data that fits a cache can move faster.
  double copy_bytes_per_second = 0;
};

/// How often a measurement is repeated. One warm-up run comes first and does not count.
struct MeasurementBudget {
  /// Number of runs. With 0, the measurement makes as many runs as fit into `seconds`, but at least
  /// 3.
  std::int64_t runs = 0;
  double seconds = 2;
};

/// Times of one batch size, in seconds, from submission to results in host memory. The input is
/// random numbers that are already on the device.
struct BatchTiming {
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double median_s = 0;
  /// 95th percentile: the shortest time that 95 % of the runs do not exceed.
  double p95_s = 0;
  double min_s = 0;
};

/// Time until the first result, by phase, in seconds.
struct StartupTiming {
  std::int64_t batch = 0;
  /// Create the Vulkan instance and device, read the pipeline cache.
  double device_s = 0;
  /// Read and check the checkpoint; interpolate it if another resolution was requested.
  double checkpoint_s = 0;
  /// Build the graph and run the passes.
  double graph_s = 0;
  /// Pad and upload the weights.
  double upload_s = 0;
  /// Plan, create the pipelines and VkFFT's plans, record the commands.
  double pipelines_s = 0;
  /// First run, from submission to results. Software drivers compile the shaders in this phase.
  double first_run_s = 0;
  /// The sum of all phases.
  double total_s = 0;
  std::int64_t pipelines = 0;
  /// Whether a pipeline cache for this device and driver was found on disk.
  bool pipeline_cache_loaded = false;
  std::int64_t fft_plans = 0;
  /// Number of FFT plans whose code was found on disk.
  std::int64_t fft_plans_loaded = 0;
};

/// Time and work of one step of the plan in one run of a batch, or their sums over all steps that
/// run the same kernel.
struct GFNET_API KernelTiming {
  /// The step's name in the plan. For a sum over steps: the kernel's name.
  std::string name;
  std::string kernel;
  std::int64_t steps = 1;
  /// Which peak rate in Ceilings the kernel's arithmetic is compared with: "fp32", "fp16" (packed
  /// halves) or "matrix". It is "fp32" for a kernel that stores halves but computes in fp32.
  std::string arithmetic = "fp32";
  /// Median over the runs, measured by the device. Includes the barrier before the step.
  double seconds = 0;
  /// Operations required and bytes that must be moved, as the plan counts them.
  double flops = 0;
  double bytes = 0;
  /// Lower bounds of the time, in seconds: for the operations alone and for the bytes alone, at the
  /// device's peak rates.
  double compute_floor_s = 0;
  double memory_floor_s = 0;

  double flops_per_second() const { return seconds > 0 ? flops / seconds : 0; }
  double bytes_per_second() const { return seconds > 0 ? bytes / seconds : 0; }
  /// Whether arithmetic limits the kernel, not memory traffic.
  bool compute_bound() const { return compute_floor_s >= memory_floor_s; }
  /// The higher of compute_floor_s and memory_floor_s, divided by the measured time. 1 means that
  /// the kernel reaches the device's peak rate, 0 that no time was measured. The share can exceed 1
  /// if caches served bytes that the plan counts as moved.
  double share() const;
};

struct KernelTimings {
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  /// Median time of a whole run with timestamps, in seconds, from submission to results.
  double wall_s = 0;
  std::vector<KernelTiming> steps;
  /// Sums by kernel, the slowest first.
  std::vector<KernelTiming> by_kernel;
};

/// Times, in seconds, of one candidate for a spectral layer, or of a plain copy of the layer's
/// input, with which the candidates are compared.
struct SpectralAlgorithmTiming {
  /// "fused": token statistics, then one kernel for the rest. "lines": token statistics, then one
  /// kernel for each stage of the transforms. "vkfft": normalisation to planes, VkFFT's transform,
  /// product, VkFFT's inverse. "copy": the faster of the driver's copy command and a copy shader.
  std::string name;
  double median_s = 0;
  double min_s = 0;
  /// The time divided by the time of the first candidate in SpectralTiming::algorithms (over_first)
  /// and by the time of the copy (over_copy). Each is the median of the ratios in all rounds.
  double over_first = 0;
  double over_copy = 0;
};

/// Compares the candidates for a block's first normalisation and global filter, on random numbers.
/// A round runs each candidate that the device supports, and a copy of their input, in turn.
/// Changes of the machine's speed thus affect all of them alike. Activations are stored in the
/// benchmark's precision. The device measures the time.
struct SpectralTiming {
  std::int64_t grid_height = 0;
  std::int64_t grid_width = 0;
  std::int64_t channels = 0;
  std::int64_t batch = 0;
  /// Number of rounds.
  std::int64_t runs = 0;
  /// One entry for each candidate and, at the end, one for the copy. The first candidate is the
  /// one that the engine uses if it does not tune.
  std::vector<SpectralAlgorithmTiming> algorithms;
};

/// Memory that one batch size takes, as allocated, in bytes.
struct BatchMemory {
  std::int64_t batch = 0;
  std::uint64_t weights_bytes = 0;
  std::uint64_t arena_bytes = 0;
  /// VkFFT's own tables and temporary buffers.
  std::uint64_t fft_scratch_bytes = 0;
  /// Host-visible memory after a run, which holds the results, and its peak during the weight
  /// upload.
  std::uint64_t host_visible_bytes = 0;
  std::uint64_t host_visible_peak_bytes = 0;
  /// Peak of device-local memory.
  std::uint64_t peak_bytes = 0;
  /// Sizes of the weights and the arena according to the plan.
  std::uint64_t planned_weights_bytes = 0;
  std::uint64_t planned_arena_bytes = 0;
  /// peak_bytes should not exceed this: weights, input and 1.5 times the largest working set of a
  /// block.
  std::uint64_t bound_bytes = 0;
};

/// Measures a model on a device. One thread at a time may use it. batch: number of images. A batch
/// size that is too large for the device throws TooLargeError; one below 1 throws ArgumentError.
/// Members that use the device throw VulkanError if a Vulkan call fails.
class GFNET_API Benchmark {
 public:
  /// Chooses the device, reads the checkpoint and compiles it to a graph. Throws as Classifier and
  /// Model::load do.
  explicit Benchmark(const std::filesystem::path& model, const ClassifierOptions& options = {});
  ~Benchmark();
  Benchmark(Benchmark&&) noexcept;
  Benchmark& operator=(Benchmark&&) noexcept;

  const Model& model() const;
  DeviceDescription device() const;
  /// The precision in use: kFp32 or kFp16, never kAuto.
  Precision precision() const;
  /// The batch size that suits the device, and a check that throws UnsupportedError if the device
  /// cannot run a batch size. Same as the members of Classifier with these names.
  std::int64_t default_batch() const;
  void check_batch(std::int64_t batch) const;

  /// Runs the start-up phases that the constructor did not run, up to a first result. Returns the
  /// times of all phases, including the constructor's. Throws ArgumentError after any other
  /// measurement, which would have run some of the phases already.
  StartupTiming startup(std::int64_t batch);

  /// Measures the device's peak rates, for a second or two. Later calls return the same figures.
  const Ceilings& ceilings();

  /// Times whole runs of one batch size.
  BatchTiming time(std::int64_t batch, const MeasurementBudget& budget);

  /// The time of every kernel, and its share of the ceilings. Throws UnsupportedError if the device
  /// has no timestamps.
  KernelTimings time_kernels(std::int64_t batch, const MeasurementBudget& budget);

  /// Compares the candidates for each distinct spectral layer of the model. Throws UnsupportedError
  /// if the device has no timestamps.
  std::vector<SpectralTiming> time_spectral(std::int64_t batch, const MeasurementBudget& budget);

  /// Rebuilds everything for one batch size, weights included, and counts the memory.
  BatchMemory memory(std::int64_t batch);

  /// Messages of the validation layer so far. See Classifier::validation_messages().
  std::vector<std::string> validation_messages() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
