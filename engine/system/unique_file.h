#pragma once

#include <filesystem>

namespace gfnet::system {

/// Makes a file with a name that no other file has, and opens it for reading and writing. start:
/// path and the start of its name. Sets `path`. Only the owner may read it. Returns -1 if that
/// fails.
int make_unique_file(const std::filesystem::path& start, std::filesystem::path& path);

/// The same for a file that goes when it is closed, however the process ends.
int make_passing_file(const std::filesystem::path& start, std::filesystem::path& path);

}  // namespace gfnet::system
