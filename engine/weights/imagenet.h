#pragma once

#include <string>
#include <vector>

namespace gfnet::weights {

/// ImageNet's 1000 classes (ILSVRC 2012) in class order, named by WordNet
/// (weights/imagenet-1k.tsv).
struct ImageNetClasses {
  /// "n01440764".
  std::vector<std::string> synsets;
  /// "tench"; no two are the same.
  std::vector<std::string> short_labels;
  /// All the synset's words: "tench, Tinca tinca".
  std::vector<std::string> labels;
};

const ImageNetClasses& imagenet_classes();

}  // namespace gfnet::weights
