#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/checkpoint.h"
#include "weights/pickle.h"

namespace gfnet::weights {

/// The bytes of a whole storage; throws FormatError if the file lacks it or holds it in another
/// size. tensor: the name of the one that asks, for the message.
using StorageReader =
    std::function<std::span<const std::byte>(const PickledStorage&, const std::string& tensor)>;

/// name without the `module.` that DataParallel puts before every name.
std::string_view without_module_prefix(std::string_view name);

/// The tensors of a checkpoint's state dict: the first that holds any tensor of those under
/// `model`, `state_dict` and `model_ema` (or one of these inside another) and the object itself.
/// Throws FormatError if there is none or a tensor is out of bounds or of an unsupported type.
std::vector<TensorView> read_state_dict(const std::filesystem::path& path, const Pickle& pickle,
                                        const StorageReader& storage);

}  // namespace gfnet::weights
