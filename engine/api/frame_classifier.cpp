#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
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
#include "kernels/shaders/resize.h"
#include "runtime/preprocessor.h"
#include "runtime/slices.h"
#include "vulkan/commands/command_recorder.h"

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
  runtime::BoundRecording record_preprocessing(const image::ResizePlan& plan,
                                               const vulkan::Buffer& frame,
                                               const vulkan::Buffer& input);
  void run(runtime::BatchPipeline& pipeline);
  const vulkan::Pipeline& resize_horizontal() {
    return context.pipeline("resize_horizontal_words",
                            kernels::specialize(kernels::ResizeHorizontalConstants{}));
  }
  const vulkan::Pipeline& resize_vertical() {
    return context.pipeline("resize_vertical",
                            kernels::specialize(kernels::ResizeVerticalConstants{}));
  }

  SharedDevice shared;
  tuning::TunedDevice& context;
  Model model;
  runtime::Preprocessor::Target target;
  ExplainOptions explain;
  /// Device memory for the result of the horizontal resize, which the vertical resize reads. It is
  /// replaced by larger memory if a frame needs more.
  std::optional<vulkan::Memory> intermediate;
  std::uint64_t generation = 0;
  compiler::Network network;
  std::vector<vulkan::Recording> slices;
  /// The smallest measured time of each step.
  std::vector<double> step_seconds;
  std::size_t runs = 0;
};

runtime::BoundRecording FrameClassifier::State::record_preprocessing(const image::ResizePlan& plan,
                                                                     const vulkan::Buffer& frame,
                                                                     const vulkan::Buffer& input) {
  std::vector<vulkan::Buffer> buffers;
  buffers.emplace_back(context.device(), *intermediate, plan.intermediate_bytes);
  vulkan::CommandRecorder recorder(context.device());
  const std::array<vulkan::Binding, 2> to_intermediate{
      {{&frame, Access::kRead}, {&buffers.front(), Access::kWrite}}};
  recorder.dispatch(resize_horizontal(), to_intermediate, plan.horizontal, plan.horizontal_threads);
  const std::array<vulkan::Binding, 2> to_input{
      {{&buffers.front(), Access::kRead}, {&input, Access::kWrite}}};
  recorder.dispatch(resize_vertical(), to_input, plan.vertical, plan.vertical_threads);
  return {std::move(buffers), recorder.finish()};
}

void FrameClassifier::State::preprocess(const DeviceFrame::State& frame,
                                        runtime::BatchPipeline& pipeline) {
  image::ResizePlan plan = image::make_resize_plan(
      image::resize_geometry({frame.height, frame.width}, target.extent, target.crop_ratio),
      target.normalisation);
  // Skip the rows above the crop. source_offset counts 3 bytes per pixel; here a pixel is one word.
  plan.horizontal.source_word = static_cast<std::uint32_t>(plan.source_offset / 3);
  if (!intermediate || intermediate->bytes() < plan.intermediate_bytes) {
    intermediate.reset();
    intermediate.emplace(context.device(), plan.intermediate_bytes,
                         vulkan::MemoryKind::kDeviceLocal);
    ++generation;
  }
  const std::string key =
      "frame " + std::to_string(frame.identity) + " through " + std::to_string(generation);
  const vulkan::Recording& recording = pipeline.input_recordings().get(
      key, [&] { return record_preprocessing(plan, frame.buffer, pipeline.input()); });
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
  state_->resize_horizontal();
  state_->resize_vertical();
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
