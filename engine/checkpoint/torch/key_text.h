#pragma once

#include <cstddef>
#include <string>

#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// A name for the entry of a dictionary whose key is no string, as Python shows the key: "0",
/// "True", "None", "('fold', 1)". Of other keys only the kind is known; their names also have the
/// entry's position in the dictionary, counted from 0: "bytes#2". At most 64 bytes long.
std::string key_text(const Pickle& pickle, const Value& key, std::size_t position);

}  // namespace gfnet::checkpoint
