#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

#include "api/classifications.h"
#include "api/device_frame.h"
#include "api/preprocessing_target.h"
#include "api/shared_device.h"
#include "compiler/check_options.h"
#include "compiler/fold_model.h"
#include "compiler/network.h"
#include "gfnet/error.h"
#include "gfnet/interop.h"
#include "image/resize_plan.h"
#include "runtime/resize_commands.h"
#include "runtime/slices.h"

namespace gfnet {
namespace {

/// Intended limit for the duration of a slice, in seconds: a quarter of a frame at 60 frames/s.
/// Other work on the device, such as drawing, can run between two slices.
constexpr double kSliceSeconds = 0.004;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

struct FrameClassifier::State {
  State(const SharedDevice& d, const Model& m, const ClassifierOptions& options)
      : shared(d),
        context(d.state().context),
        model(options.image_size ? m.at(*options.image_size) : m),
        target(api::preprocessing_target(model::contents_of(model))),
        explain(options.explain),
        network(context, compiler::fold_model(model, options, context.facts()), options.tuning) {}

  void preprocess(const DeviceFrame::State& frame, runtime::BatchPipeline& pipeline);
  void run(runtime::BatchPipeline& pipeline);

  SharedDevice shared;
  tuning::TunedDevice& context;
  Model model;
  image::ResizeTarget target;
  ExplainOptions explain;
  compiler::Network network;
  std::vector<vulkan::Recording> slices;
  /// The smallest measured time of each step.
  std::vector<double> step_seconds;
  std::size_t runs = 0;
};

void FrameClassifier::State::preprocess(const DeviceFrame::State& frame,
                                        runtime::BatchPipeline& pipeline) {
  const std::string key = "frame " + std::to_string(frame.identity);
  const vulkan::Recording& recording = pipeline.input_recordings().get(key, [&] {
    const runtime::DeviceImage image{
        &frame.buffer,     0, frame.width, frame.height, 4 * std::uint64_t{frame.width},
        PixelFormat::kRgba};
    return runtime::record_preprocessing(context, target, {&image, 1}, pipeline.input());
  });
  context.device().submit(recording).wait();
}

/// The first runs submit every step alone and measure it. The very first run does not count,
/// because the driver may compile during it. For each step, the smallest time in the other measured
/// runs counts, because other work on the device can only add time. All later runs group steps into
/// slices of at most kSliceSeconds.
void FrameClassifier::State::run(runtime::BatchPipeline& pipeline) {
  constexpr std::size_t kStepwiseRuns = 3;
  if (runs == 0) {
    slices = pipeline.record_slices(runtime::single_steps(pipeline.plan()));
    step_seconds.assign(slices.size(), std::numeric_limits<double>::infinity());
  }
  if (runs == kStepwiseRuns) {
    slices = pipeline.record_slices(runtime::group_steps(step_seconds, kSliceSeconds));
  }
  const bool is_measured = runs > 0 && runs < kStepwiseRuns;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    context.device().submit(slices[i]).wait();
    if (is_measured) step_seconds[i] = std::min(step_seconds[i], seconds_since(start));
  }
  context.device().submit(pipeline.readback()).wait();
  ++runs;
}

FrameClassifier::FrameClassifier(const SharedDevice& device, const Model& model,
                                 const ClassifierOptions& options) {
  compiler::check_options(options);
  state_ = std::make_unique<State>(device, model, options);
}

FrameClassifier::~FrameClassifier() = default;
FrameClassifier::FrameClassifier(FrameClassifier&&) noexcept = default;
FrameClassifier& FrameClassifier::operator=(FrameClassifier&&) noexcept = default;

void FrameClassifier::prepare() {
  image::check_channels(state_->target.normalisation);
  runtime::make_resize_pipelines(state_->context, PixelFormat::kRgba);
  state_->network.for_batch(1);
}

Classification FrameClassifier::classify(const DeviceFrame& frame) {
  runtime::BatchPipeline& pipeline = state_->network.for_batch(1);
  state_->preprocess(frame.state(), pipeline);
  state_->run(pipeline);
  return api::classifications(pipeline.outputs(), state_->model, state_->explain).front();
}

const Model& FrameClassifier::model() const { return state_->model; }
Precision FrameClassifier::precision() const { return state_->network.precision(); }

}  // namespace gfnet
