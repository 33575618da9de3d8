#include "output/replaced_file.h"

#include <gfnet/error.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "command_line/options.h"
#include "inputs/overwrite.h"
#include "output/appended_stream.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_copy.h"
#include "system/file_facts.h"
#include "system/file_names.h"
#include "system/file_sync.h"
#include "system/paths.h"
#include "system/unique_file.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace fs = std::filesystem;
namespace system = gfnet::system;

/// Whether the path is the system's name for a file that a process has open, as /dev/stdout.
/// Another file in its place would not reach the program that has it open.
bool is_open_file(std::string_view path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

}  // namespace

ReplacedFile::ReplacedFile(std::string path) : path_(path == kStdout ? "" : std::move(path)) {
  if (path_.empty()) return;
  target_ = destination(path_);
  const std::optional<system::FileFacts> facts = system::facts_of(path_of(path_));
  if (facts && facts->kind == system::FileFacts::Kind::kFolder) fail(EISDIR);
  if ((facts && !facts->is_regular()) || target_.empty() || is_open_file(path_)) return;
  if (facts && !system::may_write(path_of(path_))) fail(errno);
  fs::path name;
  system::Descriptor file(open_beside(name));
  if (file.get() < 0) {
    if (!facts) fail(errno);
    return;
  }
  is_replaced_ = true;
  file.reset();
  system::remove_file(name);
}

void ReplacedFile::write(std::string_view text) const { write(std::as_bytes(std::span(text))); }

void ReplacedFile::write(std::span<const std::byte> bytes) const {
  if (is_stdout()) {
    if (const int error = system::write_all(system::kStdout, bytes)) fail(error);
    return;
  }
  fs::path name;
  system::Descriptor file(is_replaced_ ? open_beside(name) : open_in_place());
  if (file.get() < 0) fail(errno);
  int error = system::write_all(file.get(), bytes);
  if (is_replaced_) {
    // Like every program that rewrites a file: the new one has the old one's permissions.
    if (error == 0) error = system::take_permissions(file.get(), target_);
    if (error == 0) error = system::sync_file(file.get());
  }
  const int closing = file.close();
  if (error == 0) error = closing;
  if (is_replaced_ && error == 0) error = system::replace_file(name, target_);
  if (error == 0) return;
  if (is_replaced_) system::remove_file(name);
  fail(error);
}

int ReplacedFile::open_beside(fs::path& name) const {
  fs::path start = target_;
  start += ".";
  return system::make_unique_file(start, name);
}

int ReplacedFile::open_in_place() const {
  using system::Opening;
  return system::open_file(
      path_of(path_),
      Opening::kWrite | (is_appended_stream(path_) ? Opening::kAppend : Opening::kEmpty));
}

void ReplacedFile::fail(int error) const {
  throw gfnet::FormatError(path_.empty() ? "stdout" : path_of(path_),
                           std::string("cannot be written: ") + std::strerror(error));
}

}  // namespace app
