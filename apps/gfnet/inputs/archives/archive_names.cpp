#include "inputs/archives/archive_names.h"

#include <fmt/format.h>
#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::text_of;

constexpr std::string_view kReadEndings =
    ".zip and .tar, also .tar.gz, .tar.bz2, .tar.xz, .tar.zst, .tar.lz4, .tar.lzma, .tar.lz and "
    ".tar.Z";

/// Endings of files that are not read.
struct Unread {
  std::string_view ending;
  const char* what;
};

// In this order: the first ending that fits decides.
constexpr std::array kUnread{
    Unread{".tar.br", "a .tar file compressed by Brotli"},
    Unread{".tbr", "a .tar file compressed by Brotli"},
    Unread{".tar.lzo", "a .tar file compressed by lzop"},
    Unread{".tzo", "a .tar file compressed by lzop"},
    Unread{".7z", "a 7-Zip archive"},
    Unread{".cb7", "a 7-Zip archive"},
    Unread{".rar", "a RAR archive"},
    Unread{".cbr", "a RAR archive"},
    Unread{".cpio", "a cpio archive"},
    Unread{".cpio.gz", "a cpio archive"},
    Unread{".arj", "an ARJ archive"},
    Unread{".lzh", "an LHA archive"},
    Unread{".lha", "an LHA archive"},
    Unread{".ace", "an ACE archive"},
    Unread{".cab", "a cabinet archive"},
    Unread{".iso", "a disc image"},
    Unread{".dmg", "a disk image"},
    Unread{".squashfs", "a disk image"},
    Unread{".zipx", "a zip archive of an unusual form"},
    Unread{".gz", "a file compressed by gzip"},
    Unread{".bz2", "a file compressed by bzip2"},
    Unread{".xz", "a file compressed by xz"},
    Unread{".zst", "a file compressed by Zstandard"},
    Unread{".lz4", "a file compressed by LZ4"},
    Unread{".lzma", "a file compressed by LZMA"},
    Unread{".lz", "a file compressed by lzip"},
    Unread{".z", "a file compressed by compress"},
    Unread{".br", "a file compressed by Brotli"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether the ending is that of a part of a divided archive: ".z01", ".r00" or ".001".
bool is_part_ending(std::string_view ending) {
  if (ending.size() != 4) return false;
  const bool has_letter = ending[1] == 'z' || ending[1] == 'r';
  return (has_letter || is_digit(ending[1])) && is_digit(ending[2]) && is_digit(ending[3]);
}

}  // namespace

bool bears_compressed_tar_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 15> kEndings{
      ".tar.gz", ".tgz",     ".tar.bz2",  ".tbz2", ".tbz",    ".tar.xz", ".txz", ".tar.zst",
      ".tzst",   ".tar.lz4", ".tar.lzma", ".tlz",  ".tar.lz", ".tar.z",  ".taz"};
  const std::string name = gfnet::lower_case(text_of(path.filename()));
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

bool bears_archive_name(const std::filesystem::path& path) {
  const std::string ending = gfnet::lower_case(text_of(path.extension()));
  return ending == ".tar" || ending == ".zip" || bears_compressed_tar_name(path);
}

std::string why_divided(bool is_zip) {
  return fmt::format("is a part of a divided archive, which is not read; join the parts first ({})",
                     is_zip ? "zip -s 0 NAME.zip --out WHOLE.zip" : "cat");
}

std::string why_unread_archive(const std::filesystem::path& path) {
  if (bears_archive_name(path)) return "";
  const std::string name = gfnet::lower_case(text_of(path.filename()));
  const std::string ending = gfnet::lower_case(text_of(path.extension()));
  if (is_part_ending(ending)) {
    return why_divided(ending[1] == 'z');
  }
  const auto* const unread =
      std::ranges::find_if(kUnread, [&](const Unread& u) { return name.ends_with(u.ending); });
  return unread == kUnread.end() ? ""
                                 : fmt::format("is {}, which is not read; {} are, or unpack it",
                                               unread->what, kReadEndings);
}

}  // namespace app
