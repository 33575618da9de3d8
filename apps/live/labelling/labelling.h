#pragma once

#include <gfnet/gfnet.h>
#include <gfnet/interop.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "labelling/frame_exchange.h"
#include "labelling/rate_meter.h"
#include "labelling/thread_error.h"

namespace live {

/// A model that the user can choose.
struct ModelChoice {
  /// Name for the user.
  std::string name;
  std::function<gfnet::Model()> load;
};

/// A frame with its classification.
struct LabelledFrame {
  /// The frame without pixels: frame.image is null, because the device memory is reused for later
  /// frames.
  CapturedFrame frame;
  gfnet::Classification result;
  /// Number of the result, counted from 1.
  std::int64_t number = 0;
  /// The model that gave the result.
  std::shared_ptr<const gfnet::Model> model;
  /// Index of the model in the list of models that Labelling was given.
  std::size_t model_index = 0;
  /// Value of Labelling::Status::preparations at the time of this result.
  std::int64_t preparation = 0;
  /// Seconds from capture to label.
  double latency_s = 0;
};

/// Labels the frames of a FrameExchange in its own thread. The thread takes the next frame as soon
/// as the previous frame is labelled.
class Labelling {
 public:
  struct Status {
    std::string model;
    std::size_t model_index = 0;
    gfnet::Precision precision = gfnet::Precision::kFp32;
    /// True while a model is being loaded and compiled, until the first result of that model.
    bool is_loading = true;
    /// How often a model was loaded or reconfigured (other precision, heat map or spectrum). The
    /// first runs after each time take longer.
    std::int64_t preparations = 0;
    /// Why the last requested model or precision is not in use. Empty if the requested model and
    /// precision are in use.
    std::string refusal;
    /// Number of requests for a model or precision that were refused so far.
    std::int64_t refusals = 0;
    /// Why the requested heat map or spectrum is not computed. Empty if nothing was refused.
    std::string explanation_refusal;
    /// Results per second.
    double rate = 0;
    /// Results so far.
    std::int64_t frames = 0;
  };

  /// Loads the first model in the calling thread and throws what ModelChoice::load() throws. Then
  /// starts a thread, which does all other work. `exchange` must outlive this object. If `use` is
  /// set, the new thread calls `use` with every result; labelling ends once `use` returns false.
  Labelling(const gfnet::SharedDevice& device, std::vector<ModelChoice> models,
            gfnet::ClassifierOptions options, FrameExchange& exchange,
            std::function<bool(const LabelledFrame&)> use = {});
  ~Labelling();
  Labelling(const Labelling&) = delete;
  Labelling& operator=(const Labelling&) = delete;

  /// The requests of next_model(), next_precision() and explain() take effect without a new frame:
  /// the last frame is labelled again, unless a newer frame has come.
  void next_model();
  void next_precision();
  /// Requests what to compute besides the labels: a heat map or a layer's spectrum. A layer index
  /// beyond the model's last layer selects the last layer.
  void explain(const gfnet::ExplainOptions& options);

  Status status() const;
  /// The last result; null before the first result.
  std::shared_ptr<const LabelledFrame> latest() const;
  bool is_done() const { return done_; }
  /// Rethrows the exception that ended the thread, if any.
  void check() const { error_.rethrow(); }

 private:
  /// A configuration that was requested: model, precision, and heat map or spectrum (explanation).
  struct Wish {
    std::size_t model = 0;
    gfnet::Precision precision = gfnet::Precision::kAuto;
    gfnet::ExplainOptions explanation;
    friend bool operator==(const Wish&, const Wish&) = default;
  };

  void run();
  void label(const CapturedFrame& frame);
  /// Loads and compiles a configuration. Throws if that fails; classifier_ may then be null.
  void load(const Wish& wish);
  /// Loads a configuration. Tries in this order: `wish`, `wish` without wish.explanation (heat map
  /// or spectrum), the configuration in use. Throws if all of these fail.
  void change(const Wish& wish);

  gfnet::SharedDevice device_;
  std::vector<ModelChoice> models_;
  gfnet::ClassifierOptions options_;
  FrameExchange& exchange_;
  std::function<bool(const LabelledFrame&)> use_;
  std::shared_ptr<const gfnet::Model> model_;
  std::size_t model_index_ = 0;
  std::unique_ptr<gfnet::FrameClassifier> classifier_;
  /// The configuration that classifier_ is ready for; empty if classifier_ is not ready.
  std::optional<Wish> loaded_;
  /// The last request whose model and precision were loaded. The explanation of that request (heat
  /// map or spectrum) may have been refused.
  std::optional<Wish> answered_;

  mutable std::mutex mutex_;
  Wish wish_;
  /// Index of the model that the next call of next_model() requests. Kept apart from wish_, because
  /// a refused request resets wish_: next_model() must also get past a model that cannot be loaded.
  std::size_t next_model_ = 0;
  Status status_;
  RateMeter rate_;
  std::shared_ptr<const LabelledFrame> latest_;
  ThreadError error_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace live
