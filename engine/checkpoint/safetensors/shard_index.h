#pragma once

#include <filesystem>

#include "checkpoint/checkpoint_file.h"
#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// Whether a file holds JSON text, as the index of a model in several files does, and not
/// safetensors, whose header follows a length.
bool looks_like_json(FileBytes& file);

/// The index (*.safetensors.index.json) in a folder. Throws FormatError if the folder does not hold
/// exactly one.
std::filesystem::path index_in_folder(const std::filesystem::path& folder);

/// Opens a model that is divided into several safetensors files, which lie in the folder of the
/// index. The index is a JSON object {"weight_map": {NAME of tensor: NAME of file…}, …}. Throws
/// FormatError if the index is malformed, names a file elsewhere, or names files that are missing
/// or do not hold exactly the tensors that the index says.
CheckpointFile open_shards(const std::filesystem::path& index);

}  // namespace gfnet::checkpoint
