#pragma once

#include <filesystem>

namespace app {

class MoveJournal;

// The operations here never replace a file. They return 0 or the errno of what failed: EEXIST if
// something has the name `target` already. If an operation fails, the source is as it was, and
// nothing is left at the target.

/// Makes a symbolic link at `target` with the text `text`. Returns 0 also if such a link is there.
int make_link(const std::filesystem::path& text, const std::filesystem::path& target);

/// Moves a file, or a symbolic link, to another name. A relative link keeps leading to the same
/// file. Within a file system, the file is there under exactly one name at any time, or for a
/// moment under both. Between file systems, the content is copied, written to the disk, and only
/// then is the source removed; the journal says so, so that a run that was killed can be completed.
int move_file(const std::filesystem::path& source, const std::filesystem::path& target,
              MoveJournal& journal);

/// Gives a file another name on the same file system. EXDEV if the file system has no way to do so
/// without replacing a file that has this name.
int rename_to_new(const std::filesystem::path& source, const std::filesystem::path& target);

/// Whether the error is one of the place of the target, so that other files would fail too: no
/// space, or a file system that cannot be written.
bool concerns_all_files(int error);

}  // namespace app
