#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/compiled.h"
#include "gfnet/device.h"
#include "gfnet/explain.h"
#include "gfnet/image.h"
#include "gfnet/model.h"
#include "gfnet/precision.h"

namespace gfnet {

/// Whether kernels are tried out on the device the first time that a model meets it. What is found
/// is remembered for the device and its driver. kAuto does so on GPUs, and not on software drivers,
/// which compile for seconds for each kernel tried. kNever goes by rules alone.
enum class Tuning { kAuto, kNever, kAlways };

struct ClassifierOptions {
  /// Index or part of a device's name; empty: the best GPU, else a software driver.
  std::string device;
  /// kFp16 on a device without 16-bit storage is answered with UnsupportedError, for a model with
  /// weights that halves cannot hold with FormatError.
  Precision precision = Precision::kAuto;
  Tuning tuning = Tuning::kAuto;
  /// The resolution to run at, if not the model's own: see Model::at.
  std::optional<ImageSize> image_size;
  /// How many of the most probable classes to report; at most the model's classes are.
  std::int64_t top_k = 5;
  /// Khronos validation layer with synchronisation validation; see validation_messages().
  bool validation = false;
  /// What to say of how the model comes to its results: Classification::class_maps, spectrum.
  ExplainOptions explain;
  /// Where compiled pipelines and FFT plans are kept between runs. Empty: $GFNET_CACHE, else the
  /// user's cache folder.
  std::filesystem::path cache_directory;
};

struct Prediction {
  std::int64_t index = 0;
  std::string label;
  /// Softmax; the logistic function for a model with a single logit.
  float probability = 0;
  /// See Model::short_label_of and Model::synset_of.
  std::string short_label;
  std::string synset;
};

struct Classification {
  /// Most probable first.
  std::vector<Prediction> top;
  /// One a class.
  std::vector<float> logits;
  /// With ExplainOptions::class_maps: one for each of `top`, or the one of class_index.
  std::vector<ClassMap> class_maps;
  /// With ExplainOptions::layer.
  std::optional<LayerSpectrum> spectrum;
};

/// Why a result says nothing, for a person: a network may overflow, in half precision above all.
/// Null if all logits are numbers.
const char* fault_of(const Classification& result);

/// A model compiled for a device: Vulkan pipelines, recorded once per batch size and replayed.
/// One thread at a time may use it. Results do not depend on how images are batched.
///
/// Once a batch size has run, running it again asks Vulkan for nothing new: no memory, no object,
/// no descriptor. (Of batches that submit() puts beside another, the first counts anew: they have a
/// way to the device of their own.) There are two exceptions. Pictures of sizes that have not come
/// together before: their way to the device is recorded anew, in memory that grows only if they are
/// larger than any before. And a batch size that came between, if it was larger: the memory that
/// all of them share then grew. Weights are uploaded once, for all of them.
class Classifier {
 public:
  /// Chooses the device and compiles the model to a graph; weights are uploaded and pipelines made
  /// with the first batch. Throws ArgumentError, NoDeviceError, UnsupportedError, FormatError or
  /// VulkanError.
  Classifier(const Model& model, const ClassifierOptions& options = {});
  ~Classifier();
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  /// Labels pictures of any size: resizes, crops and normalises them on the device, and runs them
  /// as one batch. Throws UnsupportedError if the model takes neither one nor three channels, or if
  /// the batch is too large for the device.
  std::vector<Classification> classify(std::span<const Image> images);

  /// Hands pictures to the device as classify() does, and returns without waiting: collect() gives
  /// what comes of them. So the pictures of one batch are brought near the device while another is
  /// computed and the results of a third are used. Two batches are on the device at a time; with
  /// more, the earliest is waited for. Throws as classify() does.
  void submit(std::span<const Image> images);
  /// The results of the earliest batch that was submitted and not collected, as soon as they are
  /// there. Throws Error if there is none. All other members may be called in between.
  std::vector<Classification> collect();
  /// Batches submitted and not collected.
  std::size_t submitted() const;
  /// Whether collect() would not have to wait.
  bool ready() const;

  /// Labels images that are already normalised: tensor is [N, C, H, W] f32 with the model's C, H,
  /// W. Throws Error if its size is no multiple of one image's.
  std::vector<Classification> classify_tensor(std::span<const float> tensor);

  /// What classify() feeds to the network: [N, C, H, W] f32.
  std::vector<float> preprocess(std::span<const Image> images);

  const Model& model() const;
  DeviceDescription device() const;
  /// What auto came to.
  Precision precision() const;
  /// A batch that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;

  /// Throws UnsupportedError if memory or dispatches for so many images at once are beyond the
  /// device.
  void check_batch(std::int64_t batch) const;
  /// Makes all that a batch of this size needs, which the first call with it would do otherwise.
  /// Throws UnsupportedError if the device cannot run it.
  void prepare(std::int64_t batch);

  /// The compiled plan for a batch: kernels, thread counts, memory.
  std::string plan_text(std::int64_t batch) const;
  std::string plan_json(std::int64_t batch) const;
  /// Builds every pipeline of that plan, running none, for what the driver says of them; in the
  /// plan's order, each once. Pipelines inside VkFFT are not among them.
  std::vector<CompiledPipeline> compile_plan(std::int64_t batch) const;

  /// What the validation layer has said so far; empty without ClassifierOptions::validation and
  /// GFNET_VALIDATION=1.
  std::vector<std::string> validation_messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
