#include "gfnet/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "api/classifications.h"
#include "api/features.h"
#include "api/preprocessing_target.h"
#include "compiler/check_options.h"
#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "compiler/pipeline_statistics.h"
#include "gfnet/error.h"
#include "image/image_view.h"
#include "model/model_contents.h"
#include "runtime/batches_in_flight.h"
#include "runtime/growing_memory.h"
#include "runtime/preprocessor.h"
#include "tuning/tuned_device.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet {

struct Classifier::State {
  State(const Model& m, const ClassifierOptions& options)
      : model(options.image_size ? m.at(*options.image_size) : m),
        context(options.device, options.validation, options.cache_directory),
        network(context, model, options),
        explain(options.explain),
        scores(options.scores),
        has_features(options.features),
        preprocessor(context, api::preprocessing_target(model::contents_of(model))) {}

  std::size_t image_elements() const {
    const ModelDescription& d = model.description();
    return static_cast<std::size_t>(d.input_channels * d.image_height * d.image_width);
  }

  /// Writes a tensor to the pipeline's input and waits until the copy is done.
  void upload(std::span<const float> tensor, runtime::BatchPipeline& pipeline) {
    const std::uint64_t bytes = tensor.size_bytes();
    staging.reserve(bytes);
    std::memcpy(staging.memory().mapped().data(), tensor.data(), tensor.size_bytes());
    const vulkan::Recording& recording = pipeline.input_recordings().get(
        fmt::format("tensor in memory {}", staging.generation()), [&] {
          std::vector<vulkan::Buffer> buffers;
          buffers.emplace_back(context.device(), staging.memory(), bytes);
          vulkan::CommandRecorder recorder(context.device());
          recorder.copy(buffers.front(), pipeline.input(), bytes);
          return runtime::BoundRecording{std::move(buffers), recorder.finish()};
        });
    context.device().submit(recording).wait();
  }

  /// The pipeline for a batch size. If the pipeline must be made, which may destroy other
  /// pipelines, first waits for the batches in flight and copies their outputs.
  runtime::BatchPipeline& pipeline_for(std::int64_t batch) {
    if (!network.has(batch)) in_flight.settle();
    return network.for_batch(batch);
  }

  /// Does `work`. If memory runs out, frees that of all pipelines and throws the error: a smaller
  /// batch then finds more. The batches in flight keep their outputs.
  template <typename Work>
  auto sparing_memory(const Work& work) {
    try {
      return work();
    } catch (const VulkanError& error) {
      if (error.is_out_of_memory()) {
        in_flight.settle();
        network.drop_pipelines();
      }
      throw;
    }
  }

  void start(std::span<const ImageView> images) {
    sparing_memory([&] { submit(images); });
  }

  void submit(std::span<const ImageView> images) {
    runtime::BatchPipeline& pipeline = pipeline_for(static_cast<std::int64_t>(images.size()));
    const std::size_t slot = in_flight.free_slot();
    preprocessor.run(images, pipeline.input(), pipeline.input_recordings(), slot);
    try {
      in_flight.run(pipeline, slot);
    } catch (...) {
      preprocessor
          .wait_quietly();  // no batch stands for it, and the pipeline may be destroyed next
      throw;
    }
  }

  std::vector<Classification> classifications(const runtime::BatchOutputs& outputs) const {
    return api::classifications(outputs, model, explain, scores);
  }

  Model model;
  tuning::TunedDevice context;
  compiler::Network network;
  ExplainOptions explain;
  Scores scores;
  bool has_features;
  runtime::Preprocessor preprocessor;
  runtime::GrowingMemory staging{context.device(), vulkan::MemoryKind::kUpload};
  // Last: its destructor waits for work that uses the members above.
  runtime::BatchesInFlight in_flight;
};

Classifier::Classifier(const Model& model, const ClassifierOptions& options) {
  compiler::check_options(options);
  state_ = std::make_unique<State>(model, options);
}

Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;

std::vector<Classification> Classifier::classify(std::span<const Image> images) {
  return classify(image::views_of(images));
}

std::vector<Classification> Classifier::classify(std::span<const ImageView> images) {
  if (images.empty()) return {};
  state_->start(images);
  return state_->classifications(state_->in_flight.take_last());
}

void Classifier::submit(std::span<const Image> images) { submit(image::views_of(images)); }

void Classifier::submit(std::span<const ImageView> images) {
  if (images.empty()) return state_->in_flight.add_empty();
  state_->start(images);
}

std::vector<Classification> Classifier::collect() {
  if (state_->in_flight.empty()) throw ArgumentError("no batch was submitted");
  return state_->classifications(state_->in_flight.take_first());
}

std::size_t Classifier::submitted() const { return state_->in_flight.size(); }

bool Classifier::ready() const { return state_->in_flight.ready(); }

std::vector<Classification> Classifier::classify_tensor(std::span<const float> tensor) {
  if (tensor.empty()) return {};
  const std::size_t elements = state_->image_elements();
  if (tensor.size() % elements != 0) {
    throw ArgumentError(fmt::format("the tensor has {} elements, not a multiple of one image's {}",
                                    tensor.size(), elements));
  }
  state_->sparing_memory([&] {
    runtime::BatchPipeline& pipeline =
        state_->pipeline_for(static_cast<std::int64_t>(tensor.size() / elements));
    const std::size_t slot = state_->in_flight.free_slot();
    state_->upload(tensor, pipeline);
    state_->in_flight.run(pipeline, slot);
  });
  return state_->classifications(state_->in_flight.take_last());
}

void Classifier::classify_into(std::span<const Image> images, std::span<float> logits) {
  classify_into(image::views_of(images), logits);
}

void Classifier::classify_into(std::span<const ImageView> images, std::span<float> logits) {
  const auto classes = static_cast<std::size_t>(state_->model.description().classes);
  if (classes == 0) throw ArgumentError("the model has no head, so it gives no logits");
  if (logits.size() / classes != images.size() || logits.size() % classes != 0) {
    throw ArgumentError(fmt::format("the logits of {} images and {} classes do not fit {} numbers",
                                    images.size(), classes, logits.size()));
  }
  if (images.empty()) return;
  state_->start(images);
  const runtime::BatchOutputs results = state_->in_flight.take_last();
  std::ranges::copy(results.outputs[api::kLogitsOutput], logits.begin());
}

std::vector<float> Classifier::features(std::span<const Image> images) {
  return features(image::views_of(images));
}

std::vector<float> Classifier::features(std::span<const ImageView> images) {
  if (!state_->has_features) {
    throw ArgumentError("features need a classifier with ClassifierOptions::features");
  }
  if (images.empty()) return {};
  state_->start(images);
  return api::features_of(std::move(state_->in_flight.take_last().outputs.back()), state_->model);
}

std::vector<float> Classifier::preprocess(std::span<const Image> images) {
  return preprocess(image::views_of(images));
}

std::vector<float> Classifier::preprocess(std::span<const ImageView> images) {
  if (images.empty()) return {};
  return state_->preprocessor.tensor(images, images.size() * state_->image_elements(),
                                     state_->in_flight.free_slot());
}

const Model& Classifier::model() const { return state_->model; }

DeviceDescription Classifier::device() const {
  return compiler::describe(state_->context.device().info(), false);
}

Precision Classifier::precision() const { return state_->network.precision(); }

std::int64_t Classifier::default_batch() const { return state_->network.default_batch(); }

std::int64_t Classifier::short_batch(std::int64_t batch) const {
  return state_->network.short_batch(batch);
}

void Classifier::prepare(std::int64_t batch) {
  state_->sparing_memory([&] { state_->pipeline_for(batch); });
}

void Classifier::check_batch(std::int64_t batch) const { state_->network.plan(batch); }

std::string Classifier::plan_text(std::int64_t batch) const {
  return plan::to_text(state_->network.plan(batch));
}

std::string Classifier::plan_json(std::int64_t batch) const {
  return plan::to_json(state_->network.plan(batch));
}

std::vector<CompiledPipeline> Classifier::compile_plan(std::int64_t batch) const {
  return compiler::compile_for_statistics(state_->context.device(), state_->network.plan(batch));
}

std::vector<std::string> Classifier::validation_messages() const {
  return state_->context.instance()->validation_messages();
}

}  // namespace gfnet
