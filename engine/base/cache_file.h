#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gfnet {

/// Content of a file that write_cache_file wrote with the same key. nullopt if there is none, or if
/// it is damaged or was written for another key; the latter two say so in the log. Never throws for
/// a file's sake.
std::optional<std::vector<std::uint8_t>> read_cache_file(const std::filesystem::path& path,
                                                         std::string_view key);

/// Writes content with the key and a checksum, by renaming, so that a reader sees the old file or
/// the new one. Makes the directory. Returns false, with a line in the log, if that cannot be done.
bool write_cache_file(const std::filesystem::path& path, std::string_view key,
                      std::span<const std::uint8_t> content);

}  // namespace gfnet
