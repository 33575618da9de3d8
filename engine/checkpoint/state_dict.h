#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// Returns the bytes of a whole storage. tensor: name of the tensor that needs it, for messages.
/// Throws FormatError if the file lacks the storage or its size differs.
using StorageReader =
    std::function<std::span<const std::byte>(const PickledStorage&, const std::string& tensor)>;

/// Removes the `module.` that DataParallel puts before every name, if present.
std::string_view without_module_prefix(std::string_view name);

/// Finds the state dict in a checkpoint's pickle and returns its tensors. The state dict is the
/// first dictionary that holds a tensor, in this order: those under the keys `model`, `state_dict`
/// and `model_ema` (also one inside another), then the pickled object itself. Throws FormatError if
/// there is none, or if a tensor is out of bounds or has an unsupported type.
std::vector<TensorView> read_state_dict(const std::filesystem::path& path, const Pickle& pickle,
                                        const StorageReader& storage);

}  // namespace gfnet::checkpoint
