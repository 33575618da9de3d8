#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "input.h"

namespace app {

/// Whether the file name has the extension of an image format that can be read.
bool bears_picture_name(const std::filesystem::path& path);

/// Lists the images below a folder, depth first. Each folder's entries are sorted by name, byte by
/// byte, files and folders together. So whole paths come out sorted, component by component. Keeps
/// the names of one folder per level in memory.
/// Links to folders are not followed, as they may form cycles. A folder that cannot be read gives
/// an input with a cause, followed by the entries that could be read.
class FolderWalk {
 public:
  explicit FolderWalk(const std::string& folder) { enter(folder); }

  /// The next image, or a folder with a cause; nothing at the end.
  std::optional<Input> next();
  /// Entries skipped so far: neither folders nor files with an image's name.
  std::size_t passed_over() const { return passed_over_; }

 private:
  /// One folder's entries, packed: a million names take about 20 MB.
  struct Level {
    std::string folder;
    std::string names;                // for each entry: its kind, its name, a zero byte
    std::vector<std::size_t> starts;  // offsets of the names, sorted by name
    std::size_t next = 0;
  };

  void enter(const std::string& folder);

  std::vector<Level> levels_;
  std::optional<Input> failure_;
  std::size_t passed_over_ = 0;
};

}  // namespace app
