#include "output/output_file.h"

#include <gfnet/gfnet.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

#include "output/appended_stream.h"
#include "system/file.h"
#include "system/file_facts.h"
#include "system/file_lock.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace system = gfnet::system;

system::Opening opening(bool is_appended) {
  const system::Opening kept = system::Opening::kWrite | system::Opening::kCreate;
  return is_appended ? kept | system::Opening::kAppend : kept;
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : name_(path.empty() ? "stdout" : path) {
  if (path.empty()) return;
  is_appended_ = is_appended_stream(path);
  file_.reset(system::open_file(path_of(path), opening(is_appended_)));
  if (file_.get() < 0) fail(errno);
  std::optional<system::FileFacts> facts = system::facts_of(file_.get());
  is_regular_ = facts && facts->is_regular();
  if (!is_regular_) return;
  // A file system without locks is accepted. A file without a name was removed by another run just
  // now.
  const bool is_taken = system::try_lock(file_.get()) == system::Lock::kTaken;
  facts = system::facts_of(file_.get());
  if (is_taken || !facts || facts->names == 0) {
    file_.reset();
    fail("another run is writing to it");
  }
  bytes_ = facts->bytes;
}

int OutputFile::descriptor() const { return file_.get() >= 0 ? file_.get() : system::kStdout; }

void OutputFile::cut(std::uint64_t bytes) {
  if (!is_regular_ || (is_appended_ && bytes == 0)) return;
  if (const int error = system::resize_file(file_.get(), bytes)) fail(error);
  if (system::seek_file(file_.get(), 0, SEEK_END) < 0) fail(errno);
  bytes_ = bytes;
}

void OutputFile::write(std::string_view rows) {
  if (const int error = system::write_all(descriptor(), std::as_bytes(std::span(rows)))) {
    // The disk holds part of a row: cut it off. If that fails, --resume does it.
    if (is_regular_) system::resize_file(file_.get(), bytes_);
    fail(error);
  }
  bytes_ += rows.size();
}

void OutputFile::fail(int error) const { fail(std::strerror(error)); }

void OutputFile::fail(const std::string& cause) const {
  throw gfnet::FormatError(path_of(name_), "cannot be written: " + cause);
}

}  // namespace app
