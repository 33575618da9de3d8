#pragma once

#include <filesystem>

namespace gfnet::system {

// What gives files names, and takes names from them. Each returns 0 or a value of errno.

/// Gives a file another name, in place of the file that has it.
int replace_file(const std::filesystem::path& source, const std::filesystem::path& target);
/// Gives a file another name on the same file system, unless a file has that name: then EEXIST.
/// ENOSYS if the system or the file system cannot do this.
int rename_unless_taken(const std::filesystem::path& source, const std::filesystem::path& target);
/// Gives a second name to a file. EXDEV if the file system has no such names, or no more for this
/// file.
int link_file(const std::filesystem::path& source, const std::filesystem::path& target);
/// Makes a symbolic link to a file. text: what it holds.
int make_symbolic_link(const std::filesystem::path& text, const std::filesystem::path& target);
/// Removes a name of a file, also of one that is read-only.
int remove_file(const std::filesystem::path& path);
/// Removes a folder in which nothing is left.
int remove_empty_folder(const std::filesystem::path& path);

/// Whether an error concerns the disk and not one file, so that others would fail too: no space
/// left, or a file system that cannot be written.
bool concerns_disk(int error);

}  // namespace gfnet::system
