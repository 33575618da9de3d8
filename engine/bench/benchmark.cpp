#include "gfnet/benchmark.h"

#include <chrono>
#include <set>
#include <utility>

#include "bench/ceilings.h"
#include "bench/kernel_timing.h"
#include "bench/spectral_timing.h"
#include "compiler/check_options.h"
#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "compiler/planner.h"
#include "gfnet/error.h"
#include "plan/memory_need.h"
#include "runtime/elapsed.h"
#include "runtime/timed_pipeline.h"

namespace gfnet {
namespace {

/// Calls make() and returns its result. Sets `seconds` to the time that the call took.
template <typename Make>
auto timed(double& seconds, Make make) {
  const auto start = std::chrono::steady_clock::now();
  auto made = make();
  seconds = runtime::seconds_since(start);
  return made;
}

}  // namespace

struct Benchmark::State {
  State(const std::filesystem::path& path, const ClassifierOptions& options,
        const ModelLoadOptions& load_options)
      : tuning(options.tuning),
        context(timed(startup.device_s,
                      [&] {
                        return std::make_unique<tuning::TunedDevice>(
                            options.device, options.validation, options.cache_directory);
                      })),
        model(timed(startup.checkpoint_s,
                    [&] {
                      const Model native = Model::load(path, load_options);
                      return options.image_size ? native.at(*options.image_size) : native;
                    })),
        planner(timed(startup.graph_s,
                      [&] { return compiler::fold_model(model, options, context->facts()); })) {
    network = std::make_unique<compiler::Network>(*context, planner, options.tuning);
  }

  Tuning tuning = Tuning::kAuto;
  StartupTiming startup;
  std::unique_ptr<tuning::TunedDevice> context;
  Model model;
  compiler::Planner planner;
  std::unique_ptr<compiler::Network> network;
  std::optional<Ceilings> ceilings;
  bool started = false;
};

Benchmark::Benchmark(const std::filesystem::path& model, const ClassifierOptions& options,
                     const ModelLoadOptions& load_options) {
  compiler::check_options(options);
  state_ = std::make_unique<State>(model, options, load_options);
}

Benchmark::~Benchmark() = default;
Benchmark::Benchmark(Benchmark&&) noexcept = default;
Benchmark& Benchmark::operator=(Benchmark&&) noexcept = default;

const Model& Benchmark::model() const { return state_->model; }

DeviceDescription Benchmark::device() const {
  return compiler::describe(state_->context->device().info(), false);
}

Precision Benchmark::precision() const { return state_->planner.precision(); }

std::int64_t Benchmark::default_batch() const { return state_->network->default_batch(); }

void Benchmark::check_batch(std::int64_t batch) const { state_->network->plan(batch); }

StartupTiming Benchmark::startup(std::int64_t batch) {
  if (std::exchange(state_->started, true)) {
    throw ArgumentError("the start-up must be measured before anything else");
  }
  StartupTiming timing = state_->startup;
  timing.batch = batch;
  double making_s = 0;
  const runtime::BatchPipeline* const pipeline =
      timed(making_s, [&] { return &state_->network->for_batch(batch); });
  timing.upload_s = state_->network->constants().upload_seconds();
  timing.pipelines_s = making_s - timing.upload_s;
  timing.first_run_s = runtime::TimedPipeline(*state_->context, *pipeline).run();
  timing.total_s =
      timing.device_s + timing.checkpoint_s + timing.graph_s + making_s + timing.first_run_s;
  timing.pipelines = static_cast<std::int64_t>(state_->context->pipeline_count());
  timing.pipeline_cache_loaded = state_->context->pipeline_cache().loaded();
  timing.fft_plans = pipeline->fft_use().plans;
  timing.fft_plans_loaded = pipeline->fft_use().loaded;
  return timing;
}

const Ceilings& Benchmark::ceilings() {
  state_->started = true;
  if (!state_->ceilings) state_->ceilings = bench::measure_ceilings(*state_->context);
  return *state_->ceilings;
}

BatchTiming Benchmark::time(std::int64_t batch, const MeasurementBudget& budget) {
  state_->started = true;
  runtime::TimedPipeline timed(*state_->context, state_->network->for_batch(batch));
  return runtime::summarize(batch, runtime::sample(budget, [&] { return timed.run(); }));
}

KernelTimings Benchmark::time_kernels(std::int64_t batch, const MeasurementBudget& budget) {
  const Ceilings& against = ceilings();
  state_->network->for_batch(batch);  // uploads the constants that the timed pipeline reads
  const runtime::BatchPipeline pipeline(*state_->context, state_->network->plan(batch),
                                        state_->network->constants(), {.timestamps = true});
  runtime::TimedPipeline timed(*state_->context, pipeline);
  std::vector<std::vector<double>> of_step(pipeline.plan().steps.size());
  bool warm = false;
  const auto run = [&] {
    const double seconds = timed.run();
    if (!std::exchange(warm, true)) return seconds;
    const std::vector<double> steps = pipeline.step_seconds();
    for (std::size_t i = 0; i < steps.size(); ++i) of_step[i].push_back(steps[i]);
    return seconds;
  };
  const std::vector<double> walls = runtime::sample(budget, run);

  std::vector<double> medians;
  for (std::vector<double>& seconds : of_step) medians.push_back(median(seconds));
  KernelTimings timings;
  timings.batch = batch;
  timings.runs = static_cast<std::int64_t>(walls.size());
  timings.wall_s = median(walls);
  timings.steps = bench::time_steps(pipeline.plan(), medians, against);
  timings.by_kernel = bench::sum_by_kernel(timings.steps);
  return timings;
}

std::vector<SpectralTiming> Benchmark::time_spectral(std::int64_t batch,
                                                     const MeasurementBudget& budget) {
  state_->started = true;
  const bool by_rule = state_->tuning == Tuning::kNever;
  const kernels::MeasuredChoices choices =
      by_rule ? kernels::MeasuredChoices() : state_->context->choices();
  const DType storage = precision() == Precision::kFp16 ? DType::kF16 : DType::kF32;
  std::vector<SpectralTiming> timings;
  std::set<std::string> known;
  for (const StageDescription& stage : state_->model.description().stages) {
    const kernels::SpectralLayer layer{
        {stage.grid_height, stage.grid_width}, stage.channels, storage};
    if (!known.insert(layer.name()).second) continue;
    timings.push_back(bench::time_spectral_layer(*state_->context, layer, batch, choices, budget));
  }
  return timings;
}

BatchMemory Benchmark::memory(std::int64_t batch) {
  state_->started = true;
  vulkan::Device& device = state_->context->device();
  state_->network.reset();
  device.forget_memory_peaks();
  state_->network =
      std::make_unique<compiler::Network>(*state_->context, state_->planner, state_->tuning);
  const runtime::BatchPipeline& pipeline = state_->network->for_batch(batch);
  BatchMemory use;
  use.batch = batch;
  use.weights_bytes = state_->network->constants().bytes();
  use.arena_bytes = pipeline.arena_bytes();
  use.fft_scratch_bytes = pipeline.fft_use().scratch_bytes;
  use.host_visible_bytes = device.host_memory().live_bytes;
  use.host_visible_peak_bytes = device.host_memory().peak_bytes;
  use.peak_bytes = device.memory().peak_bytes;
  use.planned_weights_bytes = pipeline.plan().constant_bytes;
  use.planned_arena_bytes = pipeline.plan().arena_bytes;
  use.bound_bytes = plan::memory_need(pipeline.plan()).bound_bytes();
  return use;
}

std::vector<std::string> Benchmark::validation_messages() const {
  return state_->context->instance()->validation_messages();
}

}  // namespace gfnet
