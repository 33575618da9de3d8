#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "checkpoint/checkpoint_file.h"
#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// Whether a file begins like a safetensors file: with a length and a JSON object. head: the first
/// bytes of the file. file_size: in bytes.
bool looks_like_safetensors(std::span<const std::byte> head, std::uint64_t file_size);

/// Opens a safetensors file. Such a file holds the header's length (uint64, little-endian), a JSON
/// header, and the tensors' bytes, which fill the rest of the file without gaps or overlaps. Its
/// object is one dictionary. Throws FormatError.
CheckpointFile open_safetensors(std::shared_ptr<FileBytes> file);

}  // namespace gfnet::checkpoint
