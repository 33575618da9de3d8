#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "inputs/input.h"

namespace app {

/// An input and its result. If input.cause is set, the input failed and has no result.
struct LabelledImage {
  Input input;
  gfnet::Classification result;
  /// The image as the network gets it, [C, H, W] (channels, height, width), if
  /// LabelOptions::preprocessed asks for it; else empty.
  std::vector<float> preprocessed;
  /// The image as a small JPEG file, if LabelOptions::thumbnails asks for it; else empty.
  std::vector<std::byte> thumbnail;
};

/// Puts the outcomes of inputs in order. An outcome is a result or a failure. Outcomes become known
/// in any order and are passed to the function use() in the order of the inputs.
class OrderedOutcomes {
 public:
  using Use = std::function<void(const LabelledImage&)>;

  explicit OrderedOutcomes(Use use) : use_(std::move(use)) {}

  /// Adds the next input and returns its place: the number of inputs that were added earlier. If
  /// Input::cause is set, the input has already failed, and its outcome is known at once.
  /// thumbnail: becomes LabelledImage::thumbnail.
  std::uint64_t add(Input input, std::vector<std::byte> thumbnail);
  /// Path of the input at `place`, which has no outcome yet.
  const std::string& path(std::uint64_t place) { return at(place).labelled.input.path; }
  /// label() sets the result of the input at `place`; fail() sets the cause of its failure. place:
  /// the value that add() returned for the input.
  void label(std::uint64_t place, gfnet::Classification result, std::vector<float> preprocessed);
  void fail(std::uint64_t place, std::string cause);

  /// Passes outcomes to use(), in order, up to the first input whose outcome is not known.
  void hand_on();
  /// Number of inputs that have not been passed to use().
  std::size_t waiting() const { return entries_.size(); }

 private:
  struct Entry {
    LabelledImage labelled;
    bool is_known = false;
  };

  Entry& at(std::uint64_t place) { return entries_[static_cast<std::size_t>(place - first_)]; }

  Use use_;
  std::deque<Entry> entries_;
  std::uint64_t first_ = 0;  // place of entries_.front()
};

}  // namespace app
