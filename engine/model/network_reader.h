#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/checkpoint_file.h"
#include "gfnet/model.h"

namespace gfnet::model {

/// The tensors of one network of a file, by the network's own names, and what else is in the file.
/// The members except `checkpoint` are those of ModelDescription.
struct Network {
  checkpoint::Checkpoint checkpoint;
  std::string weights;
  std::vector<std::string> other_weights;
  std::vector<PassedOver> passed_over;
  std::size_t passed_over_count = 0;
};

/// Chooses a network (choose_network()) and reads its tensors. Passes over what is no part of any
/// network: counters, statistics that other programs left among the tensors, and everything outside
/// of the network's dictionary and prefix. Throws FormatError.
Network read_network(checkpoint::CheckpointFile file, const std::string& weights);

}  // namespace gfnet::model
