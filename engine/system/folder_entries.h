#pragma once

#include <filesystem>
#include <functional>
#include <system_error>

#include "system/file_facts.h"

namespace gfnet::system {

struct FolderEntry {
  std::filesystem::path path;
  /// Of the entry itself, even if it is a link.
  FileFacts::Kind kind = FileFacts::Kind::kOther;
};

/// Calls `take` with each entry of a folder but "." and "..", in no order. std::filesystem's
/// iterators cannot do this on Windows: there they know no links, and no paths of more than 260
/// characters. Returns why the folder cannot be read.
std::error_code for_each_entry(const std::filesystem::path& folder,
                               const std::function<void(const FolderEntry&)>& take);

}  // namespace gfnet::system
