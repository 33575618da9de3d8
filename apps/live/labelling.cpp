#include "labelling.h"

#include <utility>

namespace live {

Labelling::Labelling(const gfnet::SharedDevice& device, std::vector<ModelChoice> models,
                     gfnet::ClassifierOptions options, FrameExchange& exchange,
                     std::function<bool(const LabelledFrame&)> use)
    : device_(device),
      models_(std::move(models)),
      options_(std::move(options)),
      exchange_(exchange),
      use_(std::move(use)) {
  wish_ = {0, options_.precision};
  first_ = models_.front().load();
  status_.model = models_.front().name;
  thread_ = std::thread([this] { run(); });
}

Labelling::~Labelling() {
  stop_ = true;
  exchange_.abandon();
  thread_.join();
}

void Labelling::load(const Wish& wish) {
  {
    const std::lock_guard lock(mutex_);
    status_.is_loading = true;
  }
  // The old one first: small devices hold one model, not two.
  classifier_.reset();
  gfnet::ClassifierOptions options = options_;
  options.precision = wish.precision;
  const gfnet::Model model =
      first_ ? *std::exchange(first_, std::nullopt) : models_[wish.model].load();
  classifier_ = std::make_unique<gfnet::FrameClassifier>(device_, model, options);
  loaded_ = wish;
  const std::lock_guard lock(mutex_);
  status_.model = models_[wish.model].name;
  status_.model_index = wish.model;
  status_.precision = classifier_->precision();
  rate_.reset();
}

void Labelling::change(const Wish& wish) {
  const std::optional<Wish> before = loaded_;
  std::string refusal;
  try {
    load(wish);
  } catch (const gfnet::VulkanError&) {
    throw;
  } catch (const gfnet::Error& error) {
    if (!before) throw;
    refusal = error.what();
    load(*before);
  }
  const std::lock_guard lock(mutex_);
  status_.refusal = std::move(refusal);
  if (wish_ == wish) wish_ = *loaded_;
}

void Labelling::run() {
  try {
    while (std::optional<CapturedFrame> frame = exchange_.take()) {
      Wish wish;
      {
        const std::lock_guard lock(mutex_);
        wish = wish_;
      }
      if (!(wish == loaded_)) change(wish);
      if (stop_) break;
      if (paused_) continue;
      label(*frame);
      if (use_ && !use_(*latest_)) break;
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
  }
  done_ = true;
}

void Labelling::label(const CapturedFrame& frame) {
  auto labelled = std::make_shared<LabelledFrame>();
  labelled->frame = frame;
  labelled->result = classifier_->classify(*frame.picture);
  labelled->latency_s = seconds_since(frame.captured);
  labelled->frame.picture.reset();  // its memory is wanted for the next ones
  const std::lock_guard lock(mutex_);
  latest_ = std::move(labelled);
  status_.is_loading = false;
  ++status_.frames;
  rate_.tick();
}

void Labelling::next_model() {
  const std::lock_guard lock(mutex_);
  wish_.model = (wish_.model + 1) % models_.size();
}

void Labelling::next_precision() {
  const std::lock_guard lock(mutex_);
  // From what auto came to, to the other one.
  const bool is_half = wish_.precision == gfnet::Precision::kAuto
                           ? status_.precision == gfnet::Precision::kFp16
                           : wish_.precision == gfnet::Precision::kFp16;
  wish_.precision = is_half ? gfnet::Precision::kFp32 : gfnet::Precision::kFp16;
}

Labelling::Status Labelling::status() const {
  const std::lock_guard lock(mutex_);
  Status status = status_;
  status.rate = rate_.per_second();
  return status;
}

std::shared_ptr<const LabelledFrame> Labelling::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void Labelling::check() const {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

}  // namespace live
