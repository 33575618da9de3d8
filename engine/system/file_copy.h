#pragma once

#include <filesystem>

namespace gfnet::system {

/// Copies content, owner, permissions and times to a new file, and waits until the disk has them.
/// Neither may be a symbolic link. Returns 0 or a value of errno: EEXIST if the name is taken.
int copy_to_new_file(const std::filesystem::path& source, const std::filesystem::path& target);

/// Gives an open file, made only for its owner, the permissions of `old`, or if this does not
/// exist, those of a new file for everybody. Returns 0 or a value of errno.
int take_permissions(int file, const std::filesystem::path& old);

/// Whether this process may write to an existing file. If not, sets errno.
bool may_write(const std::filesystem::path& path);

}  // namespace gfnet::system
