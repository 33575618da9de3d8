#include "sorting/file_move.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "sorting/linked_inputs.h"
#include "sorting/move_journal.h"

namespace app {
namespace {

namespace fs = std::filesystem;

int result_of(int returned) { return returned == 0 ? 0 : errno; }

bool is_same_file(const fs::path& a, const fs::path& b) {
  struct stat of_a = {};
  struct stat of_b = {};
  return lstat(a.c_str(), &of_a) == 0 && lstat(b.c_str(), &of_b) == 0 &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : fd_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  /// Returns 0, or the errno. Some file systems report only here that the disk is full.
  int close() {
    const int fd = fd_;
    fd_ = -1;
    return result_of(::close(fd));
  }

 private:
  int fd_;
};

int write_all(int fd, const std::byte* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return 0;
}

/// Copies content, owner, permissions and times to a new file, and waits until the disk has them.
int copy_to(const fs::path& source, const fs::path& target) {
  const Descriptor from(source, O_RDONLY | O_NOFOLLOW);
  struct stat status = {};
  if (from.get() < 0 || fstat(from.get(), &status) != 0) return errno;
  Descriptor to(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (to.get() < 0) return errno;
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  for (;;) {
    const ssize_t count = read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    if (const int error = write_all(to.get(), buffer.data(), static_cast<std::size_t>(count))) {
      return error;
    }
  }
  // Only root may give a file to another user, and a file system such as FAT has no permissions.
  // The content counts.
  const timespec times[] = {status.st_atim, status.st_mtim};
  static_cast<void>(!fchown(to.get(), status.st_uid, status.st_gid));
  static_cast<void>(!fchmod(to.get(), status.st_mode & 07777u));
  static_cast<void>(!futimens(to.get(), times));
  if (fsync(to.get()) != 0) return errno;
  return to.close();
}

/// Waits until the disk has the entries of a folder.
int sync_folder(const fs::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  if (opened.get() < 0) return errno;
  // Some file systems cannot do this for a folder.
  return fsync(opened.get()) == 0 || errno == EINVAL ? 0 : errno;
}

/// Moves a file to another file system, or within one that can neither rename nor link without
/// replacing.
int move_content(const fs::path& source, const fs::path& target, MoveJournal& journal) {
  struct stat ignored = {};
  if (lstat(target.c_str(), &ignored) == 0) return EEXIST;  // before the content is copied
  const fs::path part = journal.open();
  int error = copy_to(source, part);
  if (error == 0) {
    journal.begin(source, target);
    error = rename_to_new(part, target);
    if (error == EXDEV) {
      // Take the name with an empty file of our own, which may then be replaced.
      const Descriptor placeholder(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
      error = placeholder.get() < 0 ? errno : 0;
      if (error == 0 && std::rename(part.c_str(), target.c_str()) != 0) {
        error = errno;
        unlink(target.c_str());
      }
    }
    if (error == 0) error = sync_folder(target.parent_path());
    if (error == 0 && unlink(source.c_str()) != 0) {
      error = errno;
      unlink(target.c_str());
    }
    journal.end();
  }
  unlink(part.c_str());
  return error;
}

/// Moves a relative link: makes a link with an absolute text in its place. The text does not lead
/// through the folder of the old link, which may be removed when nothing is left in it.
int move_link(const fs::path& source, const fs::path& target) {
  std::error_code error;
  const fs::path text = entry_named_by(source, error);
  if (error) return error.value();
  if (const int failed = make_link(text, target)) return failed;
  if (unlink(source.c_str()) == 0) return 0;
  const int failed = errno;
  unlink(target.c_str());
  return failed;
}

}  // namespace

int make_link(const fs::path& text, const fs::path& target) {
  if (symlink(text.c_str(), target.c_str()) == 0) return 0;
  const int error = errno;
  if (error != EEXIST) return error;
  std::error_code ignored;
  return fs::read_symlink(target, ignored) == text ? 0 : EEXIST;
}

int rename_to_new(const fs::path& source, const fs::path& target) {
  if (syscall(SYS_renameat2, AT_FDCWD, source.c_str(), AT_FDCWD, target.c_str(),
              RENAME_NOREPLACE) == 0) {
    return 0;
  }
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // Such as a network file system. A run that was killed may have left both names.
  if (link(source.c_str(), target.c_str()) != 0) {
    const int error = errno;
    if (error == EPERM || error == EOPNOTSUPP || error == EMLINK) return EXDEV;
    if (error != EEXIST || !is_same_file(source, target)) return error;
  }
  if (unlink(source.c_str()) == 0) return 0;
  const int error = errno;
  unlink(target.c_str());
  return error;
}

int move_file(const fs::path& source, const fs::path& target, MoveJournal& journal) {
  std::error_code error;
  const bool is_link = fs::is_symlink(fs::symlink_status(source, error));
  if (is_link && fs::read_symlink(source, error).is_relative()) return move_link(source, target);
  const int failed = rename_to_new(source, target);
  if (failed != EXDEV) return failed;
  return is_link ? move_link(source, target) : move_content(source, target, journal);
}

bool concerns_all_files(int error) {
  return error == ENOSPC || error == EDQUOT || error == EROFS || error == EIO;
}

}  // namespace app
