#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "input.h"

namespace app {

/// Whether the file's name ends as that of a picture that can be read.
bool bears_picture_name(const std::filesystem::path& path);

/// The pictures below a folder, depth first: each folder's entries by name, byte for byte, with the
/// folders in their place among the files. So whole paths come out sorted, name by name. Holds the
/// names of one folder a level, never more.
/// Links to folders are not followed, as they may lead in circles. A folder that cannot be read
/// comes out as an input with a cause, before whatever was read of it.
class FolderWalk {
 public:
  explicit FolderWalk(const std::string& folder) { enter(folder); }

  std::optional<Input> next();
  /// How many entries were no files with a picture's name, so far.
  std::size_t passed_over() const { return passed_over_; }

 private:
  /// One folder's entries, packed: a million names take about 20 MB.
  struct Level {
    std::string folder;
    std::string names;                // each after a byte for its kind, and before a zero
    std::vector<std::size_t> starts;  // of the names, in order
    std::size_t next = 0;
  };

  void enter(const std::string& folder);

  std::vector<Level> levels_;
  std::optional<Input> failure_;
  std::size_t passed_over_ = 0;
};

}  // namespace app
