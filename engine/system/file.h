#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace gfnet::system {

// Open files are numbers, as in POSIX. A function that returns a number or a size returns a
// negative one if it fails, and sets errno. One that returns an int error returns 0, or a value of
// errno.

/// How open_file() opens a file: one of the first three, with any of the others.
enum class Opening : unsigned {
  kRead = 1u << 0,
  kWrite = 1u << 1,
  kReadAndWrite = kRead | kWrite,
  /// Makes the file if there is none.
  kCreate = 1u << 2,
  /// With kCreate: fails with EEXIST if the name is taken.
  kNew = 1u << 3,
  kEmpty = 1u << 4,
  /// All that is written goes to the end.
  kAppend = 1u << 5,
  /// Neither the opening nor reading waits, as for the other end of a FIFO.
  kAtOnce = 1u << 6,
  /// Fails if the name is a symbolic link.
  kNoLink = 1u << 7,
};
constexpr Opening operator|(Opening a, Opening b) {
  return static_cast<Opening>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Opening all, Opening one) {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

/// Who may use a new file: its owner and, as far as the user's umask allows, everybody; or the
/// owner alone.
enum class NewFileFor { kEverybody, kOwner };

/// Opens a file, which child processes do not inherit. While it is open, it can be renamed and
/// removed, on Windows too.
int open_file(const std::filesystem::path& path, Opening opening,
              NewFileFor readers = NewFileFor::kEverybody);

/// Reads up to bytes.size() bytes and returns their number; 0 at the end. EINTR if a signal came.
std::ptrdiff_t read_file(int file, std::span<std::byte> bytes);
/// The same from a place of the file. What read_file() reads next stays the same.
std::ptrdiff_t read_file_at(int file, std::span<std::byte> bytes, std::uint64_t offset);
/// Writes up to bytes.size() bytes and returns their number. EINTR if a signal came.
std::ptrdiff_t write_file(int file, std::span<const std::byte> bytes);
std::ptrdiff_t write_file_at(int file, std::span<const std::byte> bytes, std::uint64_t offset);
/// Writes all bytes. Returns an error.
int write_all(int file, std::span<const std::byte> bytes);

/// Goes to a place in the file and returns it, in bytes from the start. from: SEEK_SET, SEEK_CUR or
/// SEEK_END of <cstdio>.
std::int64_t seek_file(int file, std::int64_t offset, int from);
/// Cuts or lengthens a file. Returns an error.
int resize_file(int file, std::uint64_t bytes);

/// A write beyond the system's limit for the size of files then fails like one to a full disk.
/// Without this, it ends the process.
void let_large_writes_fail();

}  // namespace gfnet::system
