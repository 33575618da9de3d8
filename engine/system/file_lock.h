#pragma once

#include <filesystem>

namespace gfnet::system {

enum class Lock {
  kHeld,
  /// Another process has it.
  kTaken,
  /// The file system has no locks.
  kImpossible,
};

/// Locks an open file against other processes until it is closed, without waiting.
Lock try_lock(int file);

/// Opens what try_lock() can lock so that other processes leave a folder alone. The folder must
/// exist. Returns -1 if that fails.
int open_to_lock(const std::filesystem::path& folder);

}  // namespace gfnet::system
