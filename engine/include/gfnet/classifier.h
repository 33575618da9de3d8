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

/// How the probabilities of classes are made of their logits. kSoftmax: the classes exclude each
/// other, and the probabilities of all classes sum to 1. kSigmoid: each class is there or not,
/// independently of the others, as with a head that was trained for several labels per image. The
/// probability of a class is then the logistic function of its logit, 1 / (1 + exp(−logit)). Both
/// give the classes the same order.
enum class Scores { kSoftmax, kSigmoid };

struct ClassifierOptions {
  /// Index of a device, or part of a device's name. Empty: the best GPU; if there is no GPU, a
  /// software driver.
  std::string device;
  /// kFp16 throws UnsupportedError on a device without 16-bit storage, and FormatError for a model
  /// with weights that halves cannot hold.
  Precision precision = Precision::kAuto;
  Tuning tuning = Tuning::kAuto;
  /// Size of the images that the network gets. Default: the model's own image size. See Model::at.
  std::optional<ImageSize> image_size;
  /// Number of most probable classes to report, at least 1. If the model has fewer classes, all are
  /// reported.
  std::int64_t top_k = 5;
  /// Enables the Khronos validation layer with synchronisation validation. See
  /// validation_messages().
  bool validation = false;
  /// Explanations to compute with the results: Classification::class_maps and spectrum.
  ExplainOptions explain;
  /// Compute the features of images (see Classifier::features()) with the results, and fill
  /// Classification::features. This adds one normalisation and one mean over the last tokens to
  /// every run. The other results keep their bits.
  bool features = false;
  /// Folder that keeps compiled pipelines and FFT plans between runs of the program. Empty:
  /// $GFNET_CACHE; if that is not set, the user's cache folder.
  std::filesystem::path cache_directory;
  Scores scores = Scores::kSoftmax;
};

struct Prediction {
  std::int64_t index = 0;
  std::string label;
  /// As ClassifierOptions::scores says. If the model has only one logit: the logistic function of
  /// this logit.
  float probability = 0;
  /// Short name of the class, such as "tench", and WordNet synset of the class, such as
  /// "n01440764": the results of Model::short_label_of() and Model::synset_of().
  std::string short_label;
  std::string synset;
};

struct Classification {
  /// Most probable first.
  std::vector<Prediction> top;
  /// One for each class. Empty if the model has no head, as is `top`.
  std::vector<float> logits;
  /// With ExplainOptions::class_maps: one map for each entry of `top`. If class_index is set too:
  /// only the map of that class.
  std::vector<ClassMap> class_maps;
  /// Spectrum of the block that ExplainOptions::layer selects. Empty if ExplainOptions::layer is
  /// empty.
  std::optional<LayerSpectrum> spectrum;
  /// With ClassifierOptions::features: the image's features, one value for each channel of the last
  /// stage (see Classifier::features()). Without: empty.
  std::vector<float> features;
};

/// A message that says why a result is invalid; null if all logits and features are finite. They
/// can overflow, mostly in half precision.
GFNET_API const char* fault_of(const Classification& result);

/// A model compiled for a device: Vulkan pipelines, recorded once for each batch size and replayed.
/// One thread at a time may use a Classifier. Results do not depend on how images are batched. All
/// batch sizes share the weights, which are uploaded once. A batch size below 1 throws
/// ArgumentError. A batch size that is too large for the device throws TooLargeError. Members that
/// use the device throw VulkanError if a Vulkan call fails.
///
/// The first run of a batch size allocates what the batch size needs. Later runs create no Vulkan
/// memory, object or descriptor set, with these exceptions:
/// - For the first time, submit() starts a batch while another batch is on the device. This batch
///   uses a second set of upload and readback buffers.
/// - The images of a batch need more memory in total than the images of any earlier batch. The
///   upload is then recorded again.
/// - The images of a batch have a set of pixel sizes (1, 3 or 4 bytes) that no earlier batch of
///   this size had. The upload is then recorded for this set.
/// - Since the last run of this batch size, a larger batch size ran and made the shared memory
///   grow.
/// - Since the last run of this batch size, four other batch sizes ran: only the pipelines of the
///   last four batch sizes are kept.
class GFNET_API Classifier {
 public:
  /// Chooses the device and compiles the model to a graph. The first batch uploads the weights and
  /// creates the pipelines. Throws ArgumentError if an option is invalid for every model or for
  /// this model; NoDeviceError, UnsupportedError, FormatError or VulkanError. A model without a
  /// head (Model::has_head()) needs ClassifierOptions::features; without it, throws FormatError.
  explicit Classifier(const Model& model, const ClassifierOptions& options = {});
  ~Classifier();
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  /// Classifies images of any size and format: resizes, crops and normalises the images on the
  /// device and runs them as one batch. Returns one result for each image, in order. The result
  /// does not depend on an image's format and row stride: the same pixels as RGB without gaps give
  /// the same bits. Throws ArgumentError if an image has no pixels, no data, a row stride shorter
  /// than a row, or an `rgb` that does not match the image's size; the message names the image by
  /// its index. Throws UnsupportedError if the model has neither one nor three input channels or an
  /// image is too large for the device. Throws TooLargeError if the batch is too large.
  std::vector<Classification> classify(std::span<const Image> images);
  std::vector<Classification> classify(std::span<const ImageView> images);
  std::vector<Classification> classify(std::initializer_list<ImageView> images) {
    return classify(std::span(images));
  }

  /// Starts a batch as classify() does and returns without waiting. collect() returns the batch's
  /// results. Two batches can be on the device at a time. A third submit() first waits for the
  /// earliest batch. Thus, the upload of batch n can overlap the computation of batch n−1, while
  /// the caller uses the results of batch n−2. A batch without images is done at once; when its
  /// turn comes, collect() returns an empty list. The images may be freed when submit() returns.
  /// Throws as classify() does.
  void submit(std::span<const Image> images);
  void submit(std::span<const ImageView> images);
  void submit(std::initializer_list<ImageView> images) { submit(std::span(images)); }
  /// Returns the results of the earliest submitted batch that was not collected yet. If this batch
  /// is not done, waits until it is. All other members may be called between submit() and
  /// collect(). Throws ArgumentError if every submitted batch was collected.
  std::vector<Classification> collect();
  /// Number of batches that were submitted and not collected yet.
  std::size_t submitted() const;
  /// Whether collect() would return results without waiting. False if every submitted batch was
  /// collected.
  bool ready() const;

  /// Classifies images that are already normalised. tensor: [N, C, H, W] f32, N images with the
  /// model's C, H and W. Throws ArgumentError if the size of the tensor is not a multiple of C·H·W.
  std::vector<Classification> classify_tensor(std::span<const float> tensor);

  /// Classifies images as classify() does and writes the logits of the images, [N, classes], to the
  /// caller's memory. Makes no predictions, class maps or spectra. Throws as classify() does, and
  /// throws ArgumentError if the size of `logits` is not N·classes. If the call throws, nothing is
  /// written.
  void classify_into(std::span<const Image> images, std::span<float> logits);
  void classify_into(std::span<const ImageView> images, std::span<float> logits);
  void classify_into(std::initializer_list<ImageView> images, std::span<float> logits) {
    classify_into(std::span(images), logits);
  }

  /// Returns the features of N images, [N, C]: for each image, the mean over the last stage's
  /// tokens after the last normalisation. The head turns this mean into logits. C: channels of the
  /// last stage. Throws ArgumentError if ClassifierOptions::features is not set, and throws as
  /// classify() does.
  std::vector<float> features(std::span<const Image> images);
  std::vector<float> features(std::span<const ImageView> images);
  std::vector<float> features(std::initializer_list<ImageView> images) {
    return features(std::span(images));
  }

  /// Returns the network input that classify() would make of N images: [N, C, H, W] f32. Throws
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
  /// The largest of the batch sizes batch, batch/2, batch/4 … that the device can run and with
  /// which no single operation keeps a GPU busy for more than half a second, by an estimate for
  /// slow GPUs of its kind. Systems reset a GPU that is busy for some seconds. On a software
  /// driver, `batch` itself.
  std::int64_t short_batch(std::int64_t batch) const;

  /// Throws UnsupportedError if a batch of this size exceeds the device's memory or dispatch
  /// limits.
  void check_batch(std::int64_t batch) const;
  /// Uploads weights, tunes, creates pipelines and records commands for a batch size now. Without
  /// this call, the first batch of that size does this. Throws UnsupportedError if the device
  /// cannot run a batch of that size.
  void prepare(std::int64_t batch);

  /// The compiled plan for a batch size, as text and as JSON: kernels, thread counts, memory.
  std::string plan_text(std::int64_t batch) const;
  std::string plan_json(std::int64_t batch) const;
  /// Builds every pipeline of the plan for a batch size, and runs none of them. Returns the
  /// driver's statistics, in the plan's order, each pipeline once. Pipelines inside VkFFT are not
  /// included. Callers must include gfnet/compiled.h.
  std::vector<CompiledPipeline> compile_plan(std::int64_t batch) const;

  /// Messages of the validation layer so far. Empty unless ClassifierOptions::validation or
  /// GFNET_VALIDATION=1 enables the layer.
  std::vector<std::string> validation_messages() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
