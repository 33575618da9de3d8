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

/// A device's peak rates (ceilings), as measured: one shader for each kind of arithmetic, a copy
/// for the memory. The benchmark compares the rate of each kernel with these peak rates. A
/// multiply-add counts as two operations.
struct Ceilings {
  double fp32_flops_per_second = 0;
  /// Arithmetic with halves in packed vectors. Empty if the device cannot compute with halves.
  std::optional<double> fp16_flops_per_second;
  /// Products of half matrices on matrix units, summed in single precision. Empty if the device
  /// has no matrix units.
  std::optional<double> matrix_flops_per_second;
  /// Bytes read plus bytes written by a copy between two buffers that are larger than usual caches.
  /// Data that fits into a cache can move faster than this.
  double copy_bytes_per_second = 0;
};

/// How often a measurement is repeated. One warm-up run comes first and does not count.
struct MeasurementBudget {
  /// Number of runs. With 0, the measurement makes as many runs as fit into `seconds`, but at least
  /// 3.
  std::int64_t runs = 0;
  double seconds = 2;
};

/// Times of the runs of one batch size, in seconds. Each time is measured from the submission until
/// the results are in host memory. The input is random numbers that are already on the device.
struct BatchTiming {
  std::int64_t batch = 0;
  std::int64_t runs = 0;
  double median_s = 0;
  /// 95th percentile: the shortest time that 95 % of the runs do not exceed.
  double p95_s = 0;
  double min_s = 0;
};

/// The median of values. For an even number of values: the mean of the two middle values. Throws
/// ArgumentError if `values` is empty.
GFNET_API double median(std::vector<double> values);

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

/// Time and work of one step of the plan in one run of a batch. In KernelTimings::by_kernel: the
/// sums of time and work over all steps that run the same kernel.
struct GFNET_API KernelTiming {
  /// The step's name in the plan. For a sum over steps: the kernel's name.
  std::string name;
  std::string kernel;
  std::int64_t steps = 1;
  /// Which peak rate in Ceilings the kernel's arithmetic is compared with: "fp32", "fp16" (packed
  /// halves) or "matrix". It is "fp32" for a kernel that stores halves but computes in fp32.
  std::string arithmetic = "fp32";
  /// Median time over the runs, in seconds, measured by the device. Includes the barrier before the
  /// step.
  double seconds = 0;
  /// According to the plan: the operations that the step requires, and the bytes that it must read
  /// and write.
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
  /// Median time of a whole run, in seconds, from submission to results. The run also writes the
  /// timestamps of all steps.
  double wall_s = 0;
  std::vector<KernelTiming> steps;
  /// Sums by kernel, the slowest first.
  std::vector<KernelTiming> by_kernel;
};

/// Times, in seconds, of one candidate for a spectral layer. The last SpectralAlgorithmTiming of a
/// layer has the times of a plain copy of the layer's input, for comparison.
struct SpectralAlgorithmTiming {
  /// "fused": token statistics, then one kernel for the rest. "lines": token statistics, then one
  /// kernel for each stage of the transforms. "vkfft": normalisation to planes, VkFFT's transform,
  /// product, VkFFT's inverse. "copy": the faster of the driver's copy command and a copy shader.
  std::string name;
  double median_s = 0;
  double min_s = 0;
  /// over_first: this candidate's time divided by the time of the first candidate in
  /// SpectralTiming::algorithms. over_copy: this candidate's time divided by the time of the copy.
  /// Each is the median, over all rounds, of the ratio within a round.
  double over_first = 0;
  double over_copy = 0;
};

/// Times of the candidates for a block's first normalisation and global filter, on random numbers.
/// A round runs each candidate that the device supports, then a copy of the candidates' input. A
/// change of the machine's speed thus affects the copy and all candidates alike. Activations are
/// stored in the benchmark's precision. The device measures the time.
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

/// Memory that one batch size takes, in bytes. Members without `planned` or `bound`: as allocated.
struct BatchMemory {
  std::int64_t batch = 0;
  std::uint64_t weights_bytes = 0;
  std::uint64_t arena_bytes = 0;
  /// VkFFT's own tables and temporary buffers.
  std::uint64_t fft_scratch_bytes = 0;
  /// host_visible_bytes: host-visible memory that stays allocated; it holds the results.
  /// host_visible_peak_bytes: the peak of host-visible memory, during the upload of the weights.
  std::uint64_t host_visible_bytes = 0;
  std::uint64_t host_visible_peak_bytes = 0;
  /// Peak of device-local memory.
  std::uint64_t peak_bytes = 0;
  /// Sizes of the weights and the arena according to the plan.
  std::uint64_t planned_weights_bytes = 0;
  std::uint64_t planned_arena_bytes = 0;
  /// Upper bound that peak_bytes should not exceed: weights + input + 1.5 × the largest working set
  /// of any step inside a block.
  std::uint64_t bound_bytes = 0;
};

/// Measures a model on a device. One thread at a time may use a Benchmark. batch: number of images.
/// The members throw TooLargeError if the batch size is too large for the device, and ArgumentError
/// if the batch size is below 1, or if a MeasurementBudget has a negative number or seconds that
/// are not finite. Members that use the device throw VulkanError if a Vulkan call fails.
class GFNET_API Benchmark {
 public:
  /// Chooses the device, reads the checkpoint and compiles it to a graph. load_options: which
  /// network of the checkpoint to measure. Throws as Classifier and Model::load do.
  explicit Benchmark(const std::filesystem::path& model, const ClassifierOptions& options = {},
                     const ModelLoadOptions& load_options = {});
  ~Benchmark();
  Benchmark(Benchmark&&) noexcept;
  Benchmark& operator=(Benchmark&&) noexcept;

  const Model& model() const;
  DeviceDescription device() const;
  /// The precision in use: kFp32 or kFp16, never kAuto.
  Precision precision() const;
  /// As Classifier::default_batch() and Classifier::check_batch().
  std::int64_t default_batch() const;
  void check_batch(std::int64_t batch) const;

  /// Runs the start-up phases that the constructor did not run, up to a first result. Returns the
  /// times of all phases, including the constructor's. Throws ArgumentError if this object has
  /// measured anything before, because some of the phases have then run already.
  StartupTiming startup(std::int64_t batch);

  /// Measures the device's peak rates, for a second or two. Later calls return the same figures.
  const Ceilings& ceilings();

  /// Times whole runs of one batch size.
  BatchTiming time(std::int64_t batch, const MeasurementBudget& budget);

  /// Measures the time of every step and every kernel, and compares each time with the least time
  /// that the ceilings allow. Throws UnsupportedError if the device has no timestamps.
  KernelTimings time_kernels(std::int64_t batch, const MeasurementBudget& budget);

  /// Compares the candidates for each distinct spectral layer of the model. Throws UnsupportedError
  /// if the device has no timestamps.
  std::vector<SpectralTiming> time_spectral(std::int64_t batch, const MeasurementBudget& budget);

  /// Frees the network, then makes it again for one batch size, weights included, and counts the
  /// memory.
  BatchMemory memory(std::int64_t batch);

  /// Messages of the validation layer so far. See Classifier::validation_messages().
  std::vector<std::string> validation_messages() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
