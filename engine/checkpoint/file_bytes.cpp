#include "checkpoint/file_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "gfnet/error.h"
#include "system/file.h"
#include "system/file_facts.h"

namespace gfnet::checkpoint {
namespace {

/// The file is read in whole blocks of this many bytes.
constexpr std::uint64_t kBlock = std::uint64_t{1} << 16;

[[noreturn]] void fail_with_errno(const std::filesystem::path& path, const char* what) {
  throw FormatError(path, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

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

std::shared_ptr<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  const std::shared_ptr<FileBytes> opened(new FileBytes(path));
  FileBytes& file = *opened;
  // kAtOnce: opening a FIFO must fail instead of waiting for its writer.
  file.file_.reset(system::open_file(path, system::Opening::kRead | system::Opening::kAtOnce));
  if (file.file_.get() < 0) fail_with_errno(path, "cannot open");
  const std::optional<system::FileFacts> facts = system::facts_of(file.file_.get());
  if (!facts) fail_with_errno(path, "cannot read");
  if (facts->kind == system::FileFacts::Kind::kFolder) {
    throw FormatError(path, "is a directory, not a file");
  }
  if (!facts->is_regular()) throw FormatError(path, "is not a regular file");
  if (facts->bytes == 0) throw FormatError(path, "the file is empty");
  const auto size = static_cast<std::size_t>(facts->bytes);
  if (!file.own_.reserve(size)) fail_with_errno(path, "cannot reserve memory for the file");
  file.bytes_ = file.own_.bytes();
  file.owns_bytes_ = true;
  file.is_read_.resize((size - 1) / kBlock + 1);
  return opened;
}

void FileBytes::close() { file_.reset(); }

/// Reads the blocks [first, last).
void FileBytes::read_blocks(std::uint64_t first, std::uint64_t last) {
  std::uint64_t at = first * kBlock;
  const std::uint64_t end = std::min<std::uint64_t>(last * kBlock, size());
  while (at < end) {
    const std::span left =
        own_.bytes().subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(end - at));
    const std::ptrdiff_t count = system::read_file_at(file_.get(), left, at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_errno(path_, "cannot read");
    if (count == 0) {
      throw FormatError(path_, fmt::format("was cut while it was read: it had {} bytes", size()),
                        "", static_cast<std::int64_t>(at));
    }
    at += static_cast<std::uint64_t>(count);
  }
  std::fill(is_read_.begin() + static_cast<std::ptrdiff_t>(first),
            is_read_.begin() + static_cast<std::ptrdiff_t>(last), true);
}

}  // namespace gfnet::checkpoint
