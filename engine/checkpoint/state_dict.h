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

/// Returns the bytes of a whole storage. tensor: name of the tensor that needs the storage, for
/// messages. Throws FormatError if the file lacks the storage, or if the storage's size in the file
/// differs from the size in the pickle.
using StorageReader =
    std::function<std::span<const std::byte>(const PickledStorage&, const std::string& tensor)>;

/// Removes `module.` from the start of a name, as often as it occurs there. PyTorch's DataParallel
/// puts this prefix before every name.
std::string_view without_module_prefix(std::string_view name);

/// Finds the state dict in a checkpoint's pickle and returns its tensors. The state dict is the
/// first dictionary found that holds a tensor. The search begins with the dictionaries under the
/// keys `model`, `state_dict` and `model_ema`, in this order; one such dictionary may lie inside
/// another. The pickled object itself comes last. Throws FormatError if there is no state dict, or
/// if a tensor is out of bounds or has an unsupported type.
std::vector<TensorView> read_state_dict(const std::filesystem::path& path, const Pickle& pickle,
                                        const StorageReader& storage);

}  // namespace gfnet::checkpoint
