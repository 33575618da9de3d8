#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "checkpoint/checkpoint.h"
#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// Whether `bytes` begin like a safetensors file: with a length and a JSON object.
bool looks_like_safetensors(std::span<const std::byte> bytes);

/// Reads a safetensors file. Such a file holds the header's length (uint64, little-endian), a JSON
/// header, and the tensors' bytes, which fill the rest of the file without gaps or overlaps. Throws
/// FormatError.
Checkpoint read_safetensors(const std::filesystem::path& path, FileBytes file);

}  // namespace gfnet::checkpoint
