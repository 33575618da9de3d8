#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "inputs/input.h"

namespace app {

/// Whether the file name has the extension of an image format that gfnet can read, if it is built
/// with all libraries.
bool bears_image_name(const std::filesystem::path& path);

/// Lists the images below a folder, depth first. Files and folders of one folder are sorted
/// together by name, byte by byte. So whole paths come out sorted, component by component. Memory
/// holds the names of one folder per level. Links to folders are not followed, because they may
/// form cycles. If a folder cannot be read to its end, next() returns the folder's path with the
/// reason in Input::cause, and then the images among the entries that could be read.
class FolderWalk {
 public:
  explicit FolderWalk(const std::string& folder) { enter(folder); }

  /// Returns the next image, or the path of a folder that cannot be read, with the reason in
  /// Input::cause. Returns nothing at the end.
  std::optional<Input> next();
  /// Number of entries skipped so far: those that are neither folders nor files with an image
  /// extension.
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
