#include "zoo/part_file.h"

#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>

#include "system/file.h"
#include "system/file_facts.h"
#include "system/file_lock.h"
#include "system/file_sync.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {

namespace fs = std::filesystem;
namespace system = gfnet::system;

PartFile::PartFile(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  fs::create_directories(path_.parent_path(), error);
  if (error) throw gfnet::FormatError(path_.parent_path(), "cannot be created: " + error.message());
  using system::Opening;
  file_.reset(
      system::open_file(path_, Opening::kReadAndWrite | Opening::kCreate | Opening::kAppend));
  if (file_.get() < 0) fail("cannot be written", errno);
  // Another process that has just finished may have renamed or removed the file.
  const bool is_held = system::try_lock(file_.get()) == system::Lock::kHeld;
  const auto mine = system::facts_of(file_.get());
  const auto there = system::facts_of(path_);
  if (!is_held || !mine || !there || mine->identity != there->identity) {
    throw gfnet::FormatError(path_, "is being downloaded by another gfnet");
  }
  size_ = system::seek_file(file_.get(), 0, SEEK_END);
}

void PartFile::append(const char* bytes, std::size_t count) {
  while (count > 0) {
    const std::ptrdiff_t written =
        system::write_file(file_.get(), std::as_bytes(std::span(bytes, count)));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written", errno);
    bytes += written;
    count -= static_cast<std::size_t>(written);
    size_ += written;
  }
}

void PartFile::restart() {
  if (const int error = system::resize_file(file_.get(), 0)) fail("cannot be emptied", error);
  size_ = 0;
  has_restarted_ = true;
}

void PartFile::check_space(std::int64_t bytes) const {
  std::error_code error;
  const fs::space_info space = fs::space(path_.parent_path(), error);
  if (error || bytes <= 0 || space.available >= static_cast<std::uintmax_t>(bytes)) return;
  throw gfnet::FormatError(path_,
                           fmt::format("needs {} more, {} are free", megabytes(bytes),
                                       megabytes(static_cast<std::int64_t>(space.available))));
}

void PartFile::sync() {
  if (const int error = system::sync_file(file_.get())) fail("cannot be written", error);
}

void PartFile::discard() {
  std::error_code ignored;
  fs::remove(path_, ignored);
  fs::remove(note_path(), ignored);
}

fs::path PartFile::note_path() const {
  fs::path note = path_;
  note += ".json";
  return note;
}

void PartFile::fail(const char* what, int error) const {
  throw gfnet::FormatError(path_, fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace app
