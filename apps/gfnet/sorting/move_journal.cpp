#include "sorting/move_journal.h"

#include <gfnet/gfnet.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "system/file.h"
#include "system/file_facts.h"
#include "system/file_lock.h"
#include "system/file_names.h"
#include "system/file_sync.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;
namespace system = gfnet::system;

constexpr std::uintmax_t kLongestEntry = 64 << 10;  // bytes: two paths

/// Whether both are regular files with the same content. False if one cannot be read.
bool have_same_content(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(a, error)) ||
      !fs::is_regular_file(fs::symlink_status(b, error)) || fs::equivalent(a, b, error) ||
      fs::file_size(a, error) != fs::file_size(b, error) || error) {
    return false;
  }
  std::ifstream first(a, std::ios::binary);
  std::ifstream second(b, std::ios::binary);
  std::vector<char> of_first(std::size_t{1} << 16);
  std::vector<char> of_second(of_first.size());
  while (first && second) {
    first.read(of_first.data(), static_cast<std::streamsize>(of_first.size()));
    second.read(of_second.data(), static_cast<std::streamsize>(of_second.size()));
    const auto count = first.gcount();
    if (count != second.gcount() ||
        !std::equal(of_first.begin(), of_first.begin() + count, of_second.begin())) {
      return false;
    }
  }
  return first.eof() && second.eof();
}

}  // namespace

MoveJournal::MoveJournal(fs::path folder) : folder_(std::move(folder)) {
  std::error_code ignored;
  // If another run has the lock, the entry is its own.
  if (fs::exists(file(), ignored) && lock()) complete_move();
}

MoveJournal::~MoveJournal() {
  if (opened_.get() < 0) return;
  system::remove_file(part());
  system::remove_file(file());
}

fs::path MoveJournal::file() const { return folder_ / ".gfnet-moving"; }

fs::path MoveJournal::part() const { return folder_ / ".gfnet-moving.part"; }

bool MoveJournal::lock() {
  for (;;) {
    using system::Opening;
    system::Descriptor opened(
        system::open_file(file(), Opening::kReadAndWrite | Opening::kCreate | Opening::kNoLink,
                          system::NewFileFor::kOwner));
    if (opened.get() < 0) fail(errno);
    // A file system without locks is accepted.
    const bool is_taken = system::try_lock(opened.get()) == system::Lock::kTaken;
    const auto facts = system::facts_of(opened.get());
    if (!is_taken && facts && facts->names > 0) {
      opened_ = std::move(opened);
      return true;
    }
    if (is_taken) return false;
    // Another run has removed the file just now.
  }
}

fs::path MoveJournal::open() {
  if (opened_.get() < 0) {
    if (!lock()) throw gfnet::FormatError(folder_, "another run is moving files to it");
    complete_move();
  }
  system::remove_file(part());  // left by a run that was killed
  return part();
}

void MoveJournal::begin(const fs::path& source, const fs::path& target) {
  const std::string entry = text_of(source) + '\0' + text_of(target) + '\0';
  const std::ptrdiff_t written =
      system::write_file_at(opened_.get(), std::as_bytes(std::span(entry)), 0);
  if (written < 0) fail(errno);
  if (const int error = system::sync_bytes(opened_.get())) fail(error);
  if (static_cast<std::size_t>(written) != entry.size()) fail(ENOSPC);
}

void MoveJournal::end() { system::resize_file(opened_.get(), 0); }

void MoveJournal::complete_move() {
  std::error_code error;
  std::string entry(static_cast<std::size_t>(std::min(fs::file_size(file(), error), kLongestEntry)),
                    '\0');
  if (error || system::read_file_at(opened_.get(), std::as_writable_bytes(std::span(entry)), 0) !=
                   static_cast<std::ptrdiff_t>(entry.size())) {
    fail(errno);
  }
  const std::size_t middle = entry.find('\0');
  const std::size_t end = middle == std::string::npos ? middle : entry.find('\0', middle + 1);
  if (end != std::string::npos && end + 1 == entry.size()) {
    const fs::path source = path_of(entry.substr(0, middle));
    const fs::path target = path_of(entry.substr(middle + 1, end - middle - 1));
    if (have_same_content(source, target)) {
      system::remove_file(source);
    } else if (fs::exists(source, error) && fs::is_regular_file(target, error) &&
               fs::is_empty(target, error)) {
      system::remove_file(target);  // it only kept the name
    }
  }
  system::remove_file(part());
  this->end();
}

void MoveJournal::fail(int error) const {
  throw gfnet::FormatError(file(), std::string("cannot be written: ") + std::strerror(error));
}

}  // namespace app
