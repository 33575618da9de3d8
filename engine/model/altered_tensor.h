#pragma once

#include <string>
#include <string_view>

#include "checkpoint/checkpoint.h"

namespace gfnet::model {

/// What a tensor's name says about how it was altered, as the cause of a FormatError. PyTorch's
/// pruning, for example, keeps `head.weight` as `head.weight_orig` and `head.weight_mask`. Empty if
/// the name says nothing.
std::string alteration_named(std::string_view part);

/// Why a checkpoint lacks a tensor: alteration_named() of the tensors that are there in its place,
/// else "is missing".
std::string why_missing(const checkpoint::Checkpoint& checkpoint, std::string_view name);

}  // namespace gfnet::model
