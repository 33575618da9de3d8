#pragma once

#include <filesystem>

#include "system/windows/api.h"

namespace gfnet::system {

/// Takes the attribute from a file that it is read-only, and gives it back at the end of this
/// object's life, also to a file that has another name by then. Windows neither writes to a
/// read-only file nor removes it.
class LiftedReadOnly {
 public:
  explicit LiftedReadOnly(const std::filesystem::path& path);
  ~LiftedReadOnly();
  LiftedReadOnly(const LiftedReadOnly&) = delete;
  LiftedReadOnly& operator=(const LiftedReadOnly&) = delete;

  /// Whether the file was read-only, and now is not.
  bool is_lifted() const { return is_lifted_; }

 private:
  bool set_attributes(DWORD attributes) const;

  HANDLE file_;
  DWORD attributes_ = 0;
  bool is_lifted_ = false;
};

}  // namespace gfnet::system
