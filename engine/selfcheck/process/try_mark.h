#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "system/descriptor.h"
#include "vulkan/device_info.h"

namespace gfnet::selfcheck {

/// A file in the cache folder that says which kernel of a device this process is trying. If the
/// machine goes down with the kernel, or the process dies of it, the file stays, and a later
/// process reads it (take_fatal_kernels). While the process lives, it holds a lock on the file.
class TryMark {
 public:
  /// directory: the cache folder; if empty, nothing is written. is_watched: whether another process
  /// sees how this one ends, and gives the kernel its result.
  TryMark(const vulkan::DeviceInfo& device, const std::filesystem::path& directory,
          bool is_watched);
  /// The process has survived: removes the file.
  ~TryMark();
  TryMark(const TryMark&) = delete;
  TryMark& operator=(const TryMark&) = delete;

  /// Notes the kernel that is to run next. When this returns, the note is on the disk. If it cannot
  /// be written, that is logged once, and the kernel runs all the same.
  void begin(const std::string& kernel);
  /// Notes that no kernel runs.
  void end();
  /// Removes the file, also from the disk: the process ends for a reason that is not the kernel.
  /// Another thread may be in begin() or end().
  void abandon() const;

 private:
  /// Writes this in place of what the file holds. Returns 0 or a value of errno.
  int write(const std::string& text);

  std::filesystem::path path_;
  std::string head_;
  system::Descriptor file_;
};

/// The kernels of a device that the marks of processes that are gone speak against: the machine
/// went down while a watched process tried the kernel, or two processes in a row died while they
/// tried it unwatched. One death alone says little: somebody may have killed the process, or shut
/// the machine down. The marks stay until remove_marks().
std::set<std::string> fatal_kernels(const vulkan::DeviceInfo& device,
                                    const std::filesystem::path& directory);

/// Removes the marks of processes that are gone which name one of the kernels, because they have
/// verdicts, and the marks that say nothing any more.
void remove_marks(const vulkan::DeviceInfo& device, const std::filesystem::path& directory,
                  const std::set<std::string>& kernels);

}  // namespace gfnet::selfcheck
