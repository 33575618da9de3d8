#include "system/file_copy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_sync.h"
#include "system/posix/files/file_times.h"

namespace gfnet::system {
namespace {

/// Permissions of a new file, as open() would give them.
mode_t usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return static_cast<mode_t>(0666 & ~mask);
}

}  // namespace

int copy_to_new_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  const Descriptor from(open_file(source, Opening::kRead | Opening::kNoLink));
  struct stat status = {};
  if (from.get() < 0 || ::fstat(from.get(), &status) != 0) return errno;
  Descriptor to(
      open_file(target, Opening::kWrite | Opening::kCreate | Opening::kNew, NewFileFor::kOwner));
  if (to.get() < 0) return errno;
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  for (;;) {
    const std::ptrdiff_t count = read_file(from.get(), buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    const std::span bytes(buffer.data(), static_cast<std::size_t>(count));
    if (const int error = write_all(to.get(), bytes)) return error;
  }
  // Only root may give a file to another user, and a file system such as FAT has no permissions.
  // The content counts.
  const timespec times[] = {read_time(status), write_time(status)};
  static_cast<void>(!::fchown(to.get(), status.st_uid, status.st_gid));
  static_cast<void>(!::fchmod(to.get(), status.st_mode & 07777u));
  static_cast<void>(!::futimens(to.get(), times));
  if (const int error = sync_file(to.get())) return error;
  return to.close();
}

int take_permissions(int file, const std::filesystem::path& old) {
  struct stat status = {};
  const bool exists = ::stat(old.c_str(), &status) == 0;
  return ::fchmod(file, exists ? status.st_mode & 07777u : usual_mode()) == 0 ? 0 : errno;
}

bool may_write(const std::filesystem::path& path) { return ::access(path.c_str(), W_OK) == 0; }

}  // namespace gfnet::system
