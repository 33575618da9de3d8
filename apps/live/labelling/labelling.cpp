#include "labelling/labelling.h"

#include <algorithm>
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
  wish_.precision = options_.precision;
  next_model_ = 1 % models_.size();
  model_ = std::make_shared<const gfnet::Model>(models_.front().load());
  status_.model = models_.front().name;
  thread_ = std::thread([this] { run(); });
}

Labelling::~Labelling() {
  stop_ = true;
  exchange_.abandon();
  thread_.join();
}

void Labelling::load(const Wish& wish) {
  if (wish == loaded_) return;
  {
    const std::lock_guard lock(mutex_);
    status_.is_loading = true;
  }
  if (wish.model != model_index_) {
    model_ = std::make_shared<const gfnet::Model>(models_[wish.model].load());
    model_index_ = wish.model;
  }
  // Free the old classifier first: small devices cannot hold two models.
  classifier_.reset();
  loaded_.reset();
  gfnet::ClassifierOptions options = options_;
  options.precision = wish.precision;
  options.explain = wish.explanation;
  if (options.explain.layer) {
    const std::int64_t last = gfnet::layer_count(model_->description()) - 1;
    options.explain.layer = std::min(*options.explain.layer, last);
  }
  classifier_ = std::make_unique<gfnet::FrameClassifier>(device_, *model_, options);
  classifier_->prepare();
  loaded_ = wish;
  const std::lock_guard lock(mutex_);
  status_.model = models_[wish.model].name;
  status_.model_index = wish.model;
  status_.precision = classifier_->precision();
  ++status_.preparations;
  rate_.reset();
}

void Labelling::change(const Wish& wish) {
  std::vector<Wish> attempts{wish};
  if (!(wish.explanation == gfnet::ExplainOptions())) {
    attempts.push_back({wish.model, wish.precision, {}});
  }
  const bool falls_back = loaded_.has_value();
  if (falls_back) attempts.push_back(*loaded_);
  std::string cause;
  std::size_t made = 0;
  for (;; ++made) {
    try {
      load(attempts[made]);
      break;
    } catch (const gfnet::Error& error) {
      // If the device was lost, the last attempt fails as well.
      if (made + 1 == attempts.size()) throw;
      cause = error.what();
    }
  }
  const bool is_refused = falls_back && made + 1 == attempts.size();
  const std::lock_guard lock(mutex_);
  status_.refusal = is_refused ? cause : "";
  if (is_refused) ++status_.refusals;
  status_.explanation_refusal = is_refused ? "" : cause;
  if (!is_refused) {
    answered_ = wish;
  } else if (wish_ == wish) {
    wish_ = *answered_;
    wish_.explanation = wish.explanation;
  }
}

void Labelling::run() {
  try {
    while (std::optional<CapturedFrame> frame = exchange_.take()) {
      Wish wish;
      {
        const std::lock_guard lock(mutex_);
        wish = wish_;
      }
      if (!(wish == answered_)) change(wish);
      if (stop_) break;
      label(*frame);
      if (use_ && !use_(*latest_)) break;
    }
  } catch (...) {
    error_.keep_current();
  }
  done_ = true;
}

void Labelling::label(const CapturedFrame& frame) {
  auto labelled = std::make_shared<LabelledFrame>();
  labelled->frame = frame;
  labelled->result = classifier_->classify(*frame.image);
  labelled->model = model_;
  labelled->model_index = model_index_;
  labelled->latency_s = seconds_since(frame.captured);
  labelled->frame.image.reset();
  const std::lock_guard lock(mutex_);
  labelled->number = ++status_.frames;
  labelled->preparation = status_.preparations;
  latest_ = std::move(labelled);
  status_.is_loading = false;
  rate_.tick();
}

void Labelling::next_model() {
  {
    const std::lock_guard lock(mutex_);
    wish_.model = std::exchange(next_model_, (next_model_ + 1) % models_.size());
  }
  exchange_.again();
}

void Labelling::next_precision() {
  {
    const std::lock_guard lock(mutex_);
    // kAuto: switch away from the precision that it resolved to.
    const bool is_half = wish_.precision == gfnet::Precision::kAuto
                             ? status_.precision == gfnet::Precision::kFp16
                             : wish_.precision == gfnet::Precision::kFp16;
    wish_.precision = is_half ? gfnet::Precision::kFp32 : gfnet::Precision::kFp16;
  }
  exchange_.again();
}

void Labelling::explain(const gfnet::ExplainOptions& options) {
  {
    const std::lock_guard lock(mutex_);
    if (wish_.explanation == options) return;
    wish_.explanation = options;
    status_.explanation_refusal.clear();
  }
  exchange_.again();
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

}  // namespace live
