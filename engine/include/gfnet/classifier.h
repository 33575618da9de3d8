#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/device.h"
#include "gfnet/explain.h"
#include "gfnet/export.h"
#include "gfnet/image.h"
#include "gfnet/model.h"
#include "gfnet/precision.h"

namespace gfnet {

struct CompiledPipeline;  // gfnet/compiled.h

/// Whether to tune: to time kernel candidates on the device when a model first runs on it. The
/// results are kept on disk for the device and its driver. kAuto tunes on GPUs only, because a
/// software driver needs seconds to compile each candidate. kNever chooses by fixed rules.
enum class Tuning { kAuto, kNever, kAlways };

struct ClassifierOptions {
  /// Index or part of a device's name. Empty: the best GPU, else a software driver.
  std::string device;
  /// kFp16 throws UnsupportedError on a device without 16-bit storage, and FormatError for a model
  /// with weights that halves cannot hold.
  Precision precision = Precision::kAuto;
  Tuning tuning = Tuning::kAuto;
  /// The resolution to run at. Default: the model's own. See Model::at.
  std::optional<ImageSize> image_size;
  /// Number of most probable classes to report, at least 1. Limited to the model's classes.
  std::int64_t top_k = 5;
  /// Enables the Khronos validation layer with synchronisation validation. See
  /// validation_messages().
  bool validation = false;
  /// Explanations to compute with the results: Classification::class_maps and spectrum.
  ExplainOptions explain;
  /// Compute the features with the results: Classifier::features() and Classification::features.
  /// This adds one normalisation and one mean over the last tokens to every run. The other results
  /// keep their bits.
  bool features = false;
  /// Where compiled pipelines and FFT plans are kept between runs. Empty: $GFNET_CACHE, else the
  /// user's cache folder.
  std::filesystem::path cache_directory;
};

struct Prediction {
  std::int64_t index = 0;
  std::string label;
  /// Softmax over the logits. For a model with a single logit, the logistic function of it.
  float probability = 0;
  /// Short name, such as "tench", and WordNet synset, such as "n01440764", of the class: the
  /// results of Model::short_label_of() and Model::synset_of().
  std::string short_label;
  std::string synset;
};

struct Classification {
  /// Most probable first.
  std::vector<Prediction> top;
  /// One for each class.
  std::vector<float> logits;
  /// With ExplainOptions::class_maps: one map for each entry of `top`. If class_index is set too:
  /// only the map of that class.
  std::vector<ClassMap> class_maps;
  /// Spectrum of the block that ExplainOptions::layer selects. Empty if it selects none.
  std::optional<LayerSpectrum> spectrum;
  /// With ClassifierOptions::features: one value for each channel of the last stage, as
  /// Classifier::features() gives them. Else empty.
  std::vector<float> features;
};

/// A message that says why a result is invalid; null if all logits are finite. Logits can overflow,
/// mostly in half precision.
GFNET_API const char* fault_of(const Classification& result);

/// A model compiled for a device: Vulkan pipelines, recorded once for each batch size and replayed.
/// One thread at a time may use it. Results do not depend on how images are batched. All batch
/// sizes share the weights, which are uploaded once. A batch size below 1 throws ArgumentError; one
/// that is too large for the device throws TooLargeError. Members that use the device throw
/// VulkanError if a Vulkan call fails.
///
/// The first run of a batch size allocates what it needs. Later runs create no Vulkan memory,
/// object or descriptor set, with these exceptions:
/// - The first batch that submit() starts while another is on the device uses a second set of
///   upload and readback buffers.
/// - The images of a batch need more memory in total than those of any earlier one. The upload is
///   then recorded again.
/// - A batch has a combination of numbers of bytes per pixel that no batch of this size had. Its
///   upload is recorded.
/// - A larger batch size ran in between and made the shared memory grow.
/// - Four other batch sizes ran in between: only the pipelines of the last four are kept.
class GFNET_API Classifier {
 public:
  /// Chooses the device and compiles the model to a graph. The first batch uploads the weights and
  /// creates the pipelines. Throws ArgumentError if an option fits no model or not this one,
  /// NoDeviceError, UnsupportedError, FormatError or VulkanError.
  explicit Classifier(const Model& model, const ClassifierOptions& options = {});
  ~Classifier();
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  /// Classifies images of any size and format: resizes, crops and normalises them on the device
  /// and runs them as one batch. Returns one result for each image, in order. The result does not
  /// depend on an image's format and row stride: the same pixels as RGB without gaps give the same
  /// bits. Throws ArgumentError, which names the image by its index, if an image has no pixels, no
  /// data, a row stride shorter than a row, or an `rgb` that does not match its size. Throws
  /// UnsupportedError if the model has neither one nor three input channels or an image is too
  /// large for the device, and TooLargeError if the batch is too large.
  std::vector<Classification> classify(std::span<const Image> images);
  std::vector<Classification> classify(std::span<const ImageView> images);
  std::vector<Classification> classify(std::initializer_list<ImageView> images) {
    return classify(std::span(images));
  }

  /// Starts a batch as classify() does and returns without waiting. collect() returns its results.
  /// Two batches can be on the device at a time. A third submit() first waits for the earliest
  /// batch. The upload of one batch can thus overlap the computation of the previous one,
  /// while the caller uses the results of the one before. A batch without images is done at
  /// once; collect() returns no results for it, in its turn. The images may be freed when submit()
  /// returns. Throws as classify() does.
  void submit(std::span<const Image> images);
  void submit(std::span<const ImageView> images);
  void submit(std::initializer_list<ImageView> images) { submit(std::span(images)); }
  /// Returns the results of the earliest submitted batch that was not collected yet; waits for it
  /// if needed. All other members may be called between submit() and collect(). Throws
  /// ArgumentError if there is no such batch.
  std::vector<Classification> collect();
  /// Number of batches that were submitted and not collected yet.
  std::size_t submitted() const;
  /// Whether collect() would return without waiting.
  bool ready() const;

  /// Classifies images that are already normalised. tensor: [N, C, H, W] f32 with the model's C, H
  /// and W. Throws ArgumentError if its size is not a multiple of C·H·W.
  std::vector<Classification> classify_tensor(std::span<const float> tensor);

  /// Classifies images as classify() does and writes their logits, [N, classes], to the caller's
  /// memory. Makes no predictions and no explanations of them. Throws as classify() does, and
  /// ArgumentError if `logits` has not N·classes numbers; nothing is written if it throws.
  void classify_into(std::span<const Image> images, std::span<float> logits);
  void classify_into(std::span<const ImageView> images, std::span<float> logits);
  void classify_into(std::initializer_list<ImageView> images, std::span<float> logits) {
    classify_into(std::span(images), logits);
  }

  /// The features of images: [N, C], the mean over the last stage's tokens after the last
  /// normalisation, which the head turns into logits. C: channels of the last stage. Throws
  /// ArgumentError unless ClassifierOptions::features is set; else as classify() does.
  std::vector<float> features(std::span<const Image> images);
  std::vector<float> features(std::span<const ImageView> images);
  std::vector<float> features(std::initializer_list<ImageView> images) {
    return features(std::span(images));
  }

  /// The network input that classify() makes of the images: [N, C, H, W] f32. Throws
  /// ArgumentError or UnsupportedError as classify() does.
  std::vector<float> preprocess(std::span<const Image> images);
  std::vector<float> preprocess(std::span<const ImageView> images);
  std::vector<float> preprocess(std::initializer_list<ImageView> images) {
    return preprocess(std::span(images));
  }

  const Model& model() const;
  DeviceDescription device() const;
  /// The precision in use: kFp32 or kFp16, never kAuto.
  Precision precision() const;
  /// A batch size that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;

  /// Throws UnsupportedError if a batch of this size exceeds the device's memory or dispatch
  /// limits.
  void check_batch(std::int64_t batch) const;
  /// Uploads weights, tunes, creates pipelines and records commands for a batch size now. Without
  /// this call, the first batch of that size does it. Throws UnsupportedError if the device cannot
  /// run such a batch.
  void prepare(std::int64_t batch);

  /// The compiled plan for a batch: kernels, thread counts, memory.
  std::string plan_text(std::int64_t batch) const;
  std::string plan_json(std::int64_t batch) const;
  /// Builds every pipeline of the batch's plan without running it. Returns the driver's statistics,
  /// in the plan's order, each pipeline once. Pipelines inside VkFFT are not included. Callers
  /// include gfnet/compiled.h.
  std::vector<CompiledPipeline> compile_plan(std::int64_t batch) const;

  /// Messages of the validation layer so far. Empty unless ClassifierOptions::validation or
  /// GFNET_VALIDATION=1 enables the layer.
  std::vector<std::string> validation_messages() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
