#include "labeller.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#include "interrupt.h"
#include "picture_reader.h"

namespace app {
namespace {

/// One outcome an image: a classification, or why there is none.
struct Outcome {
  gfnet::Classification result;
  std::string cause;
};

std::vector<Outcome> classify(gfnet::Classifier& classifier, std::span<const gfnet::Image> images) {
  std::vector<Outcome> outcomes;
  if (images.empty()) return outcomes;
  // What the device cannot run at all ends everything; only what is thrown from here on is about a
  // picture.
  classifier.prepare(static_cast<std::int64_t>(images.size()));
  try {
    for (gfnet::Classification& result : classifier.classify(images)) {
      const char* const fault = fault_of(result);
      outcomes.push_back({std::move(result), fault == nullptr ? "" : fault});
    }
  } catch (const gfnet::UnsupportedError& error) {
    if (images.size() == 1) return {{{}, error.what()}};
    for (const gfnet::Image& image : images) {
      outcomes.push_back(classify(classifier, {&image, 1}).front());
    }
  }
  return outcomes;
}

/// Failed inputs that wait for a batch to fill, at most.
constexpr std::size_t kMaxFailures = 10'000;

/// Inputs that have been read and not been used yet, with the pictures of those that did not fail.
class Batch {
 public:
  void add(ReadPicture picture) {
    if (picture.input.cause.empty()) images_.push_back(std::move(picture.image));
    inputs_.push_back(std::move(picture.input));
  }

  std::size_t inputs() const { return inputs_.size(); }
  std::size_t images() const { return images_.size(); }

  void label(gfnet::Classifier& classifier,
             const std::function<void(const LabelledPicture&)>& use) {
    std::vector<Outcome> outcomes = classify(classifier, images_);
    std::size_t next = 0;
    for (Input& input : inputs_) {
      if (!input.cause.empty()) {
        use({std::move(input), {}, {}});
        continue;
      }
      Outcome& outcome = outcomes[next];
      input.cause = std::move(outcome.cause);
      use({std::move(input), std::move(images_[next]), std::move(outcome.result)});
      ++next;
    }
    inputs_.clear();
    images_.clear();
  }

 private:
  std::vector<Input> inputs_;
  std::vector<gfnet::Image> images_;
};

}  // namespace

const char* fault_of(const gfnet::Classification& result) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::ranges::all_of(result.logits, is_finite) ? nullptr
                                                       : "the network's result is not finite";
}

void report_failure(const Input& input) {
  std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(input.path + ": " + input.cause).c_str());
}

void label_pictures(InputSource inputs, gfnet::Classifier& classifier, std::int64_t batch,
                    const gfnet::LoadOptions& options,
                    const std::function<void(const LabelledPicture&)>& use) {
  classifier.check_batch(1);
  const auto full = static_cast<std::size_t>(batch);
  std::size_t checked = 1;
  Batch gathered;
  PictureReader reader(std::move(inputs), full, options);
  try {
    while (!interrupted()) {
      std::optional<ReadPicture> picture = reader.next();
      if (!picture) break;
      gathered.add(std::move(*picture));
      // Pictures that failed do not count, so that every batch but the last is a full one.
      const std::size_t count = gathered.images();
      // A batch beyond the device is said before its pictures fill the memory; how many there will
      // be nobody knows.
      if (count > checked && std::has_single_bit(count)) {
        classifier.check_batch(static_cast<std::int64_t>(count));
        checked = count;
      }
      if (count == full || count == 0 || gathered.inputs() > full + kMaxFailures) {
        gathered.label(classifier, use);
      }
    }
    gathered.label(classifier, use);
  } catch (...) {
    stop_waiting();  // or the reader's threads might go on waiting for more inputs on stdin
    throw;
  }
}

}  // namespace app
