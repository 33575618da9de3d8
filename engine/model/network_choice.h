#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint_file.h"

namespace gfnet::model {

/// A GFNet in a checkpoint file: the entries of one dictionary whose names start with a prefix.
struct NetworkPlace {
  /// Index into CheckpointFile::dictionaries().
  std::size_t dictionary = 0;
  /// Empty, or ends with a dot: "module.", "student.backbone.".
  std::string_view prefix;
};

/// The networks in a file, and which of them is taken.
struct NetworkChoice {
  std::vector<NetworkPlace> places;
  std::size_t chosen = 0;
};

/// The name of a network's place, in the form of ModelDescription::weights.
std::string name_of_place(const checkpoint::CheckpointFile& file, const NetworkPlace& place);

/// Finds the networks in a file and chooses one. weights: see ModelLoadOptions. Throws FormatError
/// if there is no GFNet, if none fits `weights`, or if several do.
NetworkChoice choose_network(const checkpoint::CheckpointFile& file, const std::string& weights);

}  // namespace gfnet::model
