#include "checkpoint/mapped_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
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

#if __has_include(<sys/mman.h>)

namespace {

class FileDescriptor {
 public:
  // O_NONBLOCK: opening a FIFO must fail instead of waiting for its writer.
  explicit FileDescriptor(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail_with_errno(const std::filesystem::path& path, const char* what) {
  throw FormatError(path, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const FileDescriptor file(path);
  if (file.number() < 0) fail_with_errno(path, "cannot open");
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) fail_with_errno(path, "cannot read");
  if (S_ISDIR(status.st_mode)) throw FormatError(path, "is a directory, not a file");
  if (!S_ISREG(status.st_mode)) throw FormatError(path, "is not a regular file");
  if (status.st_size == 0) throw FormatError(path, "the file is empty");
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (address == MAP_FAILED) fail_with_errno(path, "cannot map into memory");
  bytes_ = {static_cast<const std::byte*>(address), size};
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

#else

MappedFile::MappedFile(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw FormatError(path, error ? "cannot open: " + error.message() : "is not a regular file");
  }
  std::ifstream stream(path, std::ios::binary);
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!stream || error) throw FormatError(path, "cannot open");
  if (size == 0) throw FormatError(path, "the file is empty");
  buffer_.resize(static_cast<std::size_t>(size));
  if (!stream.read(reinterpret_cast<char*>(buffer_.data()),
                   static_cast<std::streamsize>(buffer_.size()))) {
    throw FormatError(path, "cannot read");
  }
  bytes_ = buffer_;
}

MappedFile::~MappedFile() = default;

#endif

}  // namespace gfnet::checkpoint
