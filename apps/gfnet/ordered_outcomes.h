#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "input.h"

namespace app {

/// An input that was labelled or, where input.cause says why, was not.
struct LabelledPicture {
  Input input;
  gfnet::Classification result;
  /// What entered the network, if that is wanted.
  std::vector<float> preprocessed;
};

/// What becomes of inputs, found out in any order and handed on in the order of the inputs.
class OrderedOutcomes {
 public:
  using Use = std::function<void(const LabelledPicture&)>;

  explicit OrderedOutcomes(Use use) : use_(std::move(use)) {}

  /// A new input; returns its place. One with a cause has its outcome.
  std::uint64_t add(Input input);
  /// The outcome of the input at a place.
  void label(std::uint64_t place, gfnet::Classification result, std::vector<float> preprocessed);
  void fail(std::uint64_t place, std::string cause);

  /// Uses what has its outcome and has nothing without one before it.
  void hand_on();
  std::size_t waiting() const { return entries_.size(); }

 private:
  struct Entry {
    LabelledPicture picture;
    bool is_known = false;
  };

  Entry& at(std::uint64_t place) { return entries_[static_cast<std::size_t>(place - first_)]; }

  Use use_;
  std::deque<Entry> entries_;
  std::uint64_t first_ = 0;  // the place of the first of them
};

}  // namespace app
