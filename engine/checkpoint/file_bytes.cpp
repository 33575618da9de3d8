#include "checkpoint/file_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "gfnet/error.h"

#if __has_include(<sys/mman.h>)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#include <fstream>
#endif

namespace gfnet::checkpoint {
namespace {

/// The file is read in whole blocks of this many bytes.
constexpr std::uint64_t kBlock = std::uint64_t{1} << 16;

}  // namespace

std::shared_ptr<FileBytes> FileBytes::in_memory(std::span<const std::byte> bytes,
                                                std::filesystem::path name) {
  if (bytes.empty()) throw FormatError(name, "the file is empty");
  const std::shared_ptr<FileBytes> file(new FileBytes(std::move(name)));
  file->bytes_ = bytes;
  return file;
}

std::span<const std::byte> FileBytes::unread(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) {
    throw FormatError(path_, "the file is truncated", "", static_cast<std::int64_t>(bytes_.size()));
  }
  return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

std::span<const std::byte> FileBytes::read(std::uint64_t offset, std::uint64_t size) {
  const std::span<const std::byte> range = unread(offset, size);
  if (is_read_.empty() || size == 0) return range;
  const std::uint64_t end = (offset + size - 1) / kBlock + 1;
  for (std::uint64_t block = offset / kBlock; block < end; ++block) {
    if (is_read_[block]) continue;
    std::uint64_t last = block + 1;
    while (last < end && !is_read_[last]) ++last;
    read_blocks(block, last);
    block = last;
  }
  return range;
}

#if __has_include(<sys/mman.h>)

namespace {

[[noreturn]] void fail_with_errno(const std::filesystem::path& path, const char* what) {
  throw FormatError(path, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

}  // namespace

std::shared_ptr<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  const std::shared_ptr<FileBytes> opened(new FileBytes(path));
  FileBytes& file = *opened;
  // O_NONBLOCK: opening a FIFO must fail instead of waiting for its writer.
  file.file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.file_ < 0) fail_with_errno(path, "cannot open");
  struct stat status = {};
  if (::fstat(file.file_, &status) != 0) fail_with_errno(path, "cannot read");
  if (S_ISDIR(status.st_mode)) throw FormatError(path, "is a directory, not a file");
  if (!S_ISREG(status.st_mode)) throw FormatError(path, "is not a regular file");
  if (status.st_size == 0) throw FormatError(path, "the file is empty");
  const auto size = static_cast<std::size_t>(status.st_size);
  // Address space only. The system provides memory for a page when the page is written. Large pages
  // are not asked for: where they must be made first, they take longer than they save.
  void* const address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) fail_with_errno(path, "cannot reserve memory for the file");
  file.own_ = {static_cast<std::byte*>(address), size};
  file.bytes_ = file.own_;
  file.owns_bytes_ = true;
  file.is_read_.resize((size - 1) / kBlock + 1);
  return opened;
}

FileBytes::~FileBytes() {
  close();
  if (!own_.empty()) ::munmap(own_.data(), own_.size());
}

void FileBytes::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

/// Reads the blocks [first, last).
void FileBytes::read_blocks(std::uint64_t first, std::uint64_t last) {
  std::uint64_t at = first * kBlock;
  const std::uint64_t end = std::min<std::uint64_t>(last * kBlock, own_.size());
  while (at < end) {
    const ::ssize_t count = ::pread(file_, own_.data() + at, static_cast<std::size_t>(end - at),
                                    static_cast<::off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_errno(path_, "cannot read");
    if (count == 0) {
      throw FormatError(path_,
                        fmt::format("was cut while it was read: it had {} bytes", own_.size()), "",
                        static_cast<std::int64_t>(at));
    }
    at += static_cast<std::uint64_t>(count);
  }
  std::fill(is_read_.begin() + static_cast<std::ptrdiff_t>(first),
            is_read_.begin() + static_cast<std::ptrdiff_t>(last), true);
}

#else

std::shared_ptr<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw FormatError(path, error ? "cannot open: " + error.message() : "is not a regular file");
  }
  std::ifstream stream(path, std::ios::binary);
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!stream || error) throw FormatError(path, "cannot open");
  if (size == 0) throw FormatError(path, "the file is empty");
  const std::shared_ptr<FileBytes> file(new FileBytes(path));
  file->buffer_.resize(static_cast<std::size_t>(size));
  if (!stream.read(reinterpret_cast<char*>(file->buffer_.data()),
                   static_cast<std::streamsize>(file->buffer_.size()))) {
    throw FormatError(path, "cannot read");
  }
  file->bytes_ = file->buffer_;
  file->owns_bytes_ = true;
  return file;
}

FileBytes::~FileBytes() = default;

void FileBytes::close() {}

void FileBytes::read_blocks(std::uint64_t, std::uint64_t) {}

#endif

}  // namespace gfnet::checkpoint
