#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "api/classifications.h"
#include "api/device_frame.h"
#include "api/preprocessing_target.h"
#include "api/shared_device.h"
#include "compiler/check_options.h"
#include "compiler/network.h"
#include "gfnet/error.h"
#include "gfnet/interop.h"
#include "runtime/batches_in_flight.h"
#include "runtime/resize_commands.h"
#include "runtime/slices.h"

namespace gfnet {
namespace {

/// Intended limit for the duration of a slice, in seconds: a quarter of a frame at 60 frames/s.
/// Other work on the device, such as drawing, can run between two slices.
constexpr double kSliceSeconds = 0.004;

}  // namespace

struct FrameClassifier::State {
  State(const SharedDevice& d, const Model& m, const ClassifierOptions& options)
      : shared(d),
        context(api::state_of(d).context),
        model(options.image_size ? m.at(*options.image_size) : m),
        target(api::preprocessing_target(model::contents_of(model))),
        explain(options.explain),
        scores(options.scores),
        network(context, model, options) {}

  /// Whether to run the network in slices: true if the queue can draw, because drawing may then
  /// wait for the queue.
  bool runs_in_slices() { return context.device().info().queue_draws; }
  /// The pipeline for a batch size; if runs_in_slices(), with its slices. If the pipeline must be
  /// made, which may destroy other pipelines, first waits for the batches in flight and copies
  /// their outputs.
  runtime::BatchPipeline& pipeline_for(std::int64_t batch);
  const vulkan::Recording& preprocessing(std::span<const DeviceFrame* const> frames,
                                         runtime::BatchPipeline& pipeline);
  void start(std::span<const DeviceFrame* const> frames,
             const vulkan::Device::Semaphores& semaphores);
  std::vector<Classification> classifications(const runtime::BatchOutputs& outputs) const {
    return api::classifications(outputs, model, explain, scores);
  }

  SharedDevice shared;
  tuning::TunedDevice& context;
  Model model;
  image::ResizeTarget target;
  ExplainOptions explain;
  Scores scores;
  compiler::Network network;
  /// The last preprocessing of each slot. It precedes the slot's batch on the queue, so it is done
  /// when the batch is done.
  std::array<vulkan::Submission, runtime::kBatchSlots> preprocessed;
  // Last: its destructor waits for work that uses the members above.
  runtime::BatchesInFlight in_flight;
};

runtime::BatchPipeline& FrameClassifier::State::pipeline_for(std::int64_t batch) {
  if (batch < 1) throw ArgumentError(fmt::format("a batch of {} frames", batch));
  image::check_channels(target.normalisation);
  if (!network.has(batch)) in_flight.settle();
  runtime::BatchPipeline& pipeline = network.for_batch(batch);
  runtime::make_resize_pipelines(context, PixelFormat::kRgba);
  if (runs_in_slices() && !pipeline.has_other_slices()) {
    in_flight.finish_slices();
    runtime::record_timed_slices(context.device(), pipeline, kSliceSeconds);
  }
  return pipeline;
}

const vulkan::Recording& FrameClassifier::State::preprocessing(
    std::span<const DeviceFrame* const> frames, runtime::BatchPipeline& pipeline) {
  std::string key = "frames";
  for (const DeviceFrame* frame : frames) {
    key += fmt::format(" {}", api::state_of(*frame).identity);
  }
  return pipeline.input_recordings().get(key, [&] {
    std::vector<runtime::DeviceImage> images;
    for (const DeviceFrame* frame : frames) {
      const api::FrameState& state = api::state_of(*frame);
      images.push_back({&state.buffer, state.first_byte, state.width, state.height,
                        state.row_stride, state.format});
    }
    return runtime::record_preprocessing(context, target, images, pipeline.input());
  });
}

void FrameClassifier::State::start(std::span<const DeviceFrame* const> frames,
                                   const vulkan::Device::Semaphores& semaphores) {
  for (const DeviceFrame* frame : frames) {
    if (frame == nullptr) throw ArgumentError("a frame of the batch is null");
    api::check_device(api::state_of(*frame), context.device());
  }
  runtime::BatchPipeline& pipeline = pipeline_for(static_cast<std::int64_t>(frames.size()));
  const std::size_t slot = in_flight.free_slot();
  // An earlier batch must not find its input overwritten.
  in_flight.finish_slices();
  preprocessed[slot].wait();
  const std::array<const vulkan::Recording*, 1> recordings{&preprocessing(frames, pipeline)};
  preprocessed[slot] = context.device().submit(recordings, semaphores);
  try {
    if (runs_in_slices()) {
      in_flight.run_sliced(pipeline, slot);
    } else {
      in_flight.run(pipeline, slot);
    }
  } catch (...) {
    // No batch stands for the preprocessing, and the caller may destroy the frames.
    preprocessed[slot] = {};  // waits
    throw;
  }
}

FrameClassifier::FrameClassifier(const SharedDevice& device, const Model& model,
                                 const ClassifierOptions& options) {
  compiler::check_options(options);
  state_ = std::make_unique<State>(device, model, options);
}

FrameClassifier::~FrameClassifier() = default;
FrameClassifier::FrameClassifier(FrameClassifier&&) noexcept = default;
FrameClassifier& FrameClassifier::operator=(FrameClassifier&&) noexcept = default;

void FrameClassifier::prepare(std::int64_t batch) { state_->pipeline_for(batch); }

Classification FrameClassifier::classify(const DeviceFrame& frame) {
  const DeviceFrame* const frames[] = {&frame};
  return classify(frames).front();
}

std::vector<Classification> FrameClassifier::classify(std::span<const DeviceFrame* const> frames) {
  if (frames.empty()) return {};
  state_->start(frames, {});
  return state_->classifications(state_->in_flight.take_last());
}

void FrameClassifier::submit(std::span<const DeviceFrame* const> frames, std::uint64_t wait,
                             std::uint64_t signal) {
  if (frames.empty()) return state_->in_flight.add_empty();
  state_->start(frames,
                {vulkan::handle_of<VkSemaphore>(wait), vulkan::handle_of<VkSemaphore>(signal)});
}

bool FrameClassifier::ready() {
  state_->in_flight.advance();
  return state_->in_flight.ready();
}

std::vector<Classification> FrameClassifier::collect() {
  if (state_->in_flight.empty()) throw ArgumentError("no batch was submitted");
  return state_->classifications(state_->in_flight.take_first());
}

std::size_t FrameClassifier::submitted() const { return state_->in_flight.size(); }

const Model& FrameClassifier::model() const { return state_->model; }
Precision FrameClassifier::precision() const { return state_->network.precision(); }

}  // namespace gfnet
