#pragma once

#include <filesystem>

namespace gfnet::system {

// Each waits until the disk has something, and returns 0 or a value of errno.

/// All of an open file.
int sync_file(int file);
/// The bytes of an open file, but not necessarily its times.
int sync_bytes(int file);
/// All of a file.
int sync_file(const std::filesystem::path& path);
/// The names in a folder. 0 as well where the system or the file system needs or offers no such
/// call.
int sync_folder(const std::filesystem::path& folder);

}  // namespace gfnet::system
