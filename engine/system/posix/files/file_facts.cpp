#include "system/file_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace gfnet::system {
namespace {

FileFacts facts_in(const struct stat& status) {
  using Kind = FileFacts::Kind;
  FileFacts facts;
  facts.kind = S_ISREG(status.st_mode)   ? Kind::kRegular
               : S_ISDIR(status.st_mode) ? Kind::kFolder
               : S_ISLNK(status.st_mode) ? Kind::kLink
                                         : Kind::kOther;
  facts.bytes = static_cast<std::uint64_t>(status.st_size);
  facts.names = static_cast<std::uint64_t>(status.st_nlink);
  facts.identity = {static_cast<std::uint64_t>(status.st_dev),
                    static_cast<std::uint64_t>(status.st_ino)};
  return facts;
}

}  // namespace

std::optional<FileFacts> facts_of(const std::filesystem::path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(facts_in(status)) : std::nullopt;
}

std::optional<FileFacts> facts_of_entry(const std::filesystem::path& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0 ? std::optional(facts_in(status)) : std::nullopt;
}

std::optional<FileFacts> facts_of(int file) {
  struct stat status = {};
  return ::fstat(file, &status) == 0 ? std::optional(facts_in(status)) : std::nullopt;
}

bool is_appended(int file) {
  const int flags = ::fcntl(file, F_GETFL);
  return flags >= 0 && (flags & O_APPEND) != 0;
}

}  // namespace gfnet::system
