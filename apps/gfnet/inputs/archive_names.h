#pragma once

#include <filesystem>

namespace app {

/// Whether the file name has the ending of an archive that ArchiveWalk reads: .zip or .tar, or .tar
/// compressed by gzip (.tar.gz, .tgz), bzip2 (.tar.bz2, .tbz2, .tbz), xz (.tar.xz, .txz) or
/// Zstandard
/// (.tar.zst, .tzst). Capitals do not matter.
bool bears_archive_name(const std::filesystem::path& path);

/// Whether it has the ending of an archive that must be decompressed as a whole to list its
/// members.
bool bears_compressed_tar_name(const std::filesystem::path& path);

}  // namespace app
