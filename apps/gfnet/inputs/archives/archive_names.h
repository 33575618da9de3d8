#pragma once

#include <filesystem>
#include <string>

namespace app {

/// Whether the file name has the ending of an archive that ArchiveWalk reads: .zip or .tar, or .tar
/// compressed by gzip (.tar.gz, .tgz), bzip2 (.tar.bz2, .tbz2, .tbz), xz (.tar.xz, .txz), Zstandard
/// (.tar.zst, .tzst), LZ4 (.tar.lz4), LZMA (.tar.lzma, .tlz), lzip (.tar.lz) or compress (.tar.Z,
/// .taz). Capitals do not matter.
bool bears_archive_name(const std::filesystem::path& path);

/// Whether it has the ending of an archive that must be decompressed as a whole to list its
/// members.
bool bears_compressed_tar_name(const std::filesystem::path& path);

/// If the file name has the ending of an archive, of a part of one, or of a compressed file that
/// gfnet does not read: why not, as the cause of a failure. Else empty. An image may have such a
/// name, too.
std::string why_unread_archive(const std::filesystem::path& path);

/// The cause of failure of a part of a divided archive. is_zip: whether it is a zip archive.
std::string why_divided(bool is_zip);

}  // namespace app
