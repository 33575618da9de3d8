#include "selfcheck/process/try_mark.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "system/file.h"
#include "system/file_lock.h"
#include "system/file_sync.h"
#include "system/folder_entries.h"
#include "system/machine.h"
#include "system/paths.h"
#include "system/unique_file.h"
#include "vulkan/device_key.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::selfcheck {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWatched = "watched";
constexpr std::string_view kAlone = "alone";

/// The start of the names of a device's marks. The rest makes each one's name unique.
std::string name_start(const vulkan::DeviceInfo& device) {
  return fmt::format("trying-{}-", vulkan::device_file_tag(device));
}

/// The first line: which kernels the name that follows means, and when and how they ran.
std::string head_of(std::string_view how) {
  return fmt::format("{}\t{}\t{}\n", vulkan::embedded_shaders_digest(), system::boot_id(), how);
}

/// A mark of a process that is gone.
struct LeftMark {
  fs::path path;
  std::string kernel;
  enum class Kind { kNothing, kDied, kMachineDown } kind = Kind::kNothing;
};

LeftMark read_mark(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string digest, boot, how, kernel;
  std::getline(file, digest, '\t');
  std::getline(file, boot, '\t');
  std::getline(file, how);
  std::getline(file, kernel);
  // Without the end of the line, not all was written: the kernel did not begin.
  if (!file || file.eof() || kernel.empty() ||
      digest != std::to_string(vulkan::embedded_shaders_digest())) {
    return {path, "", LeftMark::Kind::kNothing};
  }
  // A watched process removes its mark when it is told to end, or when the one that watches it
  // ends. Another process cannot: it may have been killed before the machine was shut down.
  if (how == kAlone) return {path, kernel, LeftMark::Kind::kDied};
  return {path, kernel,
          boot == system::boot_id() ? LeftMark::Kind::kNothing : LeftMark::Kind::kMachineDown};
}

/// The marks of processes that are gone. Those of living processes are locked.
std::vector<LeftMark> left_marks(const vulkan::DeviceInfo& device, const fs::path& directory) {
  std::vector<LeftMark> marks;
  if (directory.empty()) return marks;
  const std::string start = name_start(device);
  static_cast<void>(system::for_each_entry(directory, [&](const system::FolderEntry& entry) {
    if (!system::text_of(entry.path.filename()).starts_with(start)) return;
    const system::Descriptor file(system::open_file(entry.path, system::Opening::kRead));
    if (file.get() < 0 || system::try_lock(file.get()) != system::Lock::kHeld) return;
    marks.push_back(read_mark(entry.path));
  }));
  return marks;
}

void remove(const LeftMark& mark) {
  std::error_code error;
  fs::remove(mark.path, error);
}

}  // namespace

TryMark::TryMark(const vulkan::DeviceInfo& device, const fs::path& directory, bool is_watched)
    : head_(head_of(is_watched ? kWatched : kAlone)) {
  if (directory.empty()) return;
  std::error_code error;
  fs::create_directories(directory, error);
  fs::path path;
  file_.reset(system::make_unique_file(directory / name_start(device), path));
  if (file_.get() < 0) {
    log(LogLevel::kInfo, fmt::format("{}: {}; if the machine goes down while a kernel is tried, "
                                     "the next run will not know",
                                     system::text_of(path), std::strerror(errno)));
    return;
  }
  path_ = path;
  // Another process may take the file for a mark that was left, and remove it, before it is locked.
  // It says nothing yet, and the kernels run without a mark.
  system::try_lock(file_.get());
  system::sync_folder(directory);  // the name is on the disk, too
}

TryMark::~TryMark() {
  if (file_.get() < 0) return;
  // On the disk too: a machine that goes down later must not find the last kernel.
  write("");
  system::sync_file(file_.get());
  std::error_code error;
  fs::remove(path_, error);
}

void TryMark::begin(const std::string& kernel) {
  if (file_.get() < 0) return;
  int failed = write(head_ + kernel + '\n');
  if (failed == 0) failed = system::sync_file(file_.get());
  if (failed == 0) return;
  log(LogLevel::kInfo, fmt::format("{}: {}", system::text_of(path_), std::strerror(failed)));
  std::error_code error;
  fs::remove(path_, error);
  file_.reset();
}

void TryMark::abandon() const {
  if (path_.empty()) return;
  std::error_code error;
  fs::remove(path_, error);  // what another thread writes now goes to a file without a name
  system::sync_folder(path_.parent_path());
}

void TryMark::end() {
  if (file_.get() >= 0) write("");
}

int TryMark::write(const std::string& text) {
  if (const int error = system::resize_file(file_.get(), 0)) return error;
  const std::ptrdiff_t written =
      system::write_file_at(file_.get(), std::as_bytes(std::span(text)), 0);
  if (written < 0) return errno;
  return static_cast<std::size_t>(written) == text.size() ? 0 : ENOSPC;
}

std::set<std::string> fatal_kernels(const vulkan::DeviceInfo& device, const fs::path& directory) {
  std::set<std::string> fatal, died;
  for (const LeftMark& mark : left_marks(device, directory)) {
    const bool is_second = mark.kind == LeftMark::Kind::kDied && !died.insert(mark.kernel).second;
    if (is_second || mark.kind == LeftMark::Kind::kMachineDown) fatal.insert(mark.kernel);
  }
  return fatal;
}

void remove_marks(const vulkan::DeviceInfo& device, const fs::path& directory,
                  const std::set<std::string>& kernels) {
  for (const LeftMark& mark : left_marks(device, directory)) {
    if (mark.kind == LeftMark::Kind::kNothing || kernels.contains(mark.kernel)) remove(mark);
  }
}

}  // namespace gfnet::selfcheck
