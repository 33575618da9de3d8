#pragma once

#include <string>
#include <vector>

namespace gfnet::weights {

/// Names of ImageNet's 1000 classes (ILSVRC 2012), in class order, from WordNet
/// (weights/imagenet-1k.tsv).
struct ImageNetClasses {
  /// "n01440764".
  std::vector<std::string> synsets;
  /// "tench". Unique.
  std::vector<std::string> short_labels;
  /// All words of the synset: "tench, Tinca tinca".
  std::vector<std::string> labels;
};

const ImageNetClasses& imagenet_classes();

}  // namespace gfnet::weights
