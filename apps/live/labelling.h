#pragma once

#include <gfnet/gfnet.h>
#include <gfnet/interop.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "frame_exchange.h"
#include "rate_meter.h"

namespace live {

/// A model that can be chosen.
struct ModelChoice {
  /// For a person.
  std::string name;
  std::function<gfnet::Model()> load;
};

struct LabelledFrame {
  /// Without its picture, whose memory is wanted for the next ones.
  CapturedFrame frame;
  gfnet::Classification result;
  /// Of the results, counted from 1.
  std::int64_t number = 0;
  /// Whose result it is: which of the models, made ready for the how manieth time.
  std::shared_ptr<const gfnet::Model> model;
  std::size_t model_index = 0;
  std::int64_t preparation = 0;
  /// From the source having the picture to its labels being here.
  double latency_s = 0;
};

/// Labels the pictures of a FrameExchange in a thread of its own, the newest as soon as the one
/// before is done.
class Labelling {
 public:
  struct Status {
    std::string model;
    std::size_t model_index = 0;
    gfnet::Precision precision = gfnet::Precision::kFp32;
    /// While a model is being loaded and compiled.
    bool is_loading = true;
    /// How often a model was made ready; its first runs take longer.
    std::int64_t preparations = 0;
    /// Why the model or precision asked for last is not in use, and how often that was so.
    std::string refusal;
    std::int64_t refusals = 0;
    /// Why the model does not explain itself as asked for.
    std::string explanation_refusal;
    double rate = 0;
    std::int64_t frames = 0;
  };

  /// Reads the first model's file, throwing what that throws, and leaves the rest to the thread.
  /// The exchange must outlive this. use, where given, gets every result, in this thread; once it
  /// returns false, no more are made.
  Labelling(const gfnet::SharedDevice& device, std::vector<ModelChoice> models,
            gfnet::ClassifierOptions options, FrameExchange& exchange,
            std::function<bool(const LabelledFrame&)> use = {});
  ~Labelling();
  Labelling(const Labelling&) = delete;
  Labelling& operator=(const Labelling&) = delete;

  /// Take effect at once: the last picture is labelled anew, unless another has come.
  void next_model();
  void next_precision();
  /// A layer that the model has not stands for its last.
  void explain(const gfnet::ExplainOptions& options);

  Status status() const;
  /// The last one; null before the first.
  std::shared_ptr<const LabelledFrame> latest() const;
  bool is_done() const { return done_; }
  /// What ended the thread before its time; rethrown.
  void check() const;

 private:
  struct Wish {
    std::size_t model = 0;
    gfnet::Precision precision = gfnet::Precision::kAuto;
    gfnet::ExplainOptions explanation;
    friend bool operator==(const Wish&, const Wish&) = default;
  };

  void run();
  void label(const CapturedFrame& frame);
  /// Makes ready what is wished for. Throws if it cannot be.
  void load(const Wish& wish);
  /// The wish; or if it cannot be, that without its explanation; or what there was. The first must
  /// be one of these.
  void change(const Wish& wish);

  gfnet::SharedDevice device_;
  std::vector<ModelChoice> models_;
  gfnet::ClassifierOptions options_;
  FrameExchange& exchange_;
  std::function<bool(const LabelledFrame&)> use_;
  std::shared_ptr<const gfnet::Model> model_;
  std::size_t model_index_ = 0;
  std::unique_ptr<gfnet::FrameClassifier> classifier_;
  /// What the classifier is; nothing before the first.
  std::optional<Wish> loaded_;
  /// The last wish that was granted, or refused in part.
  std::optional<Wish> answered_;

  mutable std::mutex mutex_;
  Wish wish_;
  /// So that one that cannot be loaded does not hide those after it.
  std::size_t next_model_ = 0;
  Status status_;
  RateMeter rate_;
  std::shared_ptr<const LabelledFrame> latest_;
  std::exception_ptr error_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace live
