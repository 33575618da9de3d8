#include "labeller.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "image_loader.h"

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

}  // namespace

const char* fault_of(const gfnet::Classification& result) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::ranges::all_of(result.logits, is_finite) ? nullptr
                                                       : "the network's result is not finite";
}

void label_files(const std::vector<std::string>& files, gfnet::Classifier& classifier,
                 std::int64_t batch,
                 const std::function<void(const std::string& file, const LabelledImage&)>& use) {
  // A batch that is too large is the caller's mistake, not the fault of the pictures in it.
  classifier.check_batch(
      std::clamp<std::int64_t>(static_cast<std::int64_t>(files.size()), 1, batch));

  struct Item {
    const std::string& file;
    std::string failure;
  };
  std::vector<Item> items;           // read, and not handed over yet
  std::vector<gfnet::Image> images;  // of those items that did not fail
  const auto flush = [&] {
    std::vector<Outcome> outcomes = classify(classifier, images);
    std::size_t next = 0;
    for (const Item& item : items) {
      if (!item.failure.empty()) {
        use(item.file, {{}, {}, item.failure});
        continue;
      }
      auto& [result, cause] = outcomes[next];
      use(item.file, {std::move(images[next]), std::move(result),
                      cause.empty() ? "" : item.file + ": " + cause});
      ++next;
    }
    items.clear();
    images.clear();
  };

  ImageLoader loader(files, static_cast<std::size_t>(batch));
  auto file = files.begin();
  for (auto loaded = loader.next(); !loaded.empty(); loaded = loader.next()) {
    for (LoadedImage& image : loaded) {
      items.push_back({*file++, image.failure});
      if (image.failure.empty()) images.push_back(std::move(image.image));
      // Pictures that failed do not count, so that every batch but the last is a full one.
      if (static_cast<std::int64_t>(images.size()) == batch) flush();
    }
  }
  flush();
}

}  // namespace app
