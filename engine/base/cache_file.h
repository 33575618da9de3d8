#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gfnet {

/// When a file counts as written: when the system has it, or when it is on the disk, so that it is
/// there after the machine goes down.
enum class Written { kToSystem, kToDisk };

/// Reads the content of a file that write_cache_file() wrote with the same key. Returns nullopt if
/// there is no such file. If the file is damaged or written for another key, logs a warning,
/// removes the file and returns nullopt; a file that has taken its place meanwhile stays. If the
/// system cannot read the file, logs a warning and returns nullopt. Problems with the file never
/// throw.
std::optional<std::vector<std::uint8_t>> read_cache_file(const std::filesystem::path& path,
                                                         std::string_view key);

/// Writes content with the key and a checksum to a temporary file and renames that file to `path`,
/// so that a reader sees either the old file or the new one. Creates the directory of `path`. On
/// failure returns false and logs a warning.
bool write_cache_file(const std::filesystem::path& path, std::string_view key,
                      std::span<const std::uint8_t> content, Written written = Written::kToSystem);

/// For cache files whose content is lines of fields with a tab after each. Removes the text up to
/// the first tab from the line, and returns it without the tab. Returns nothing if the line has no
/// tab.
std::optional<std::string_view> take_field(std::string_view& line);

}  // namespace gfnet
