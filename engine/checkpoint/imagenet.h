#pragma once

#include <string>
#include <vector>

namespace gfnet::checkpoint {

/// Names of ImageNet's 1000 classes (ILSVRC 2012), in class order, from WordNet
/// (weights/imagenet-1k.tsv).
struct ImageNetClasses {
  /// WordNet identifiers, such as "n01440764".
  std::vector<std::string> synsets;
  /// One short name for each class, such as "tench". No two are equal.
  std::vector<std::string> short_labels;
  /// For each class, all names that WordNet gives the class, such as "tench, Tinca tinca".
  std::vector<std::string> labels;
};

const ImageNetClasses& imagenet_classes();

}  // namespace gfnet::checkpoint
