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

/// Whether a folder of this name was made by a system or a program for itself: the name begins with
/// a dot (.ipynb_checkpoints), or is a known one (__MACOSX). Its images are copies or no images.
bool is_hidden_folder(const std::string& name);

/// What a walk does with folders that are hidden (see is_hidden_folder()).
enum class HiddenFolders { kRead, kPassedOver };

/// Lists the images below a folder, depth first. Files and folders of one folder are sorted
/// together by name, byte by byte. So whole paths come out sorted, component by component. Memory
/// holds the names of one folder per level. Links to folders are not followed, because they may
/// form cycles. If a folder cannot be read to its end, next() returns the folder's path with the
/// reason in Input::cause, and then the images among the entries that could be read.
class FolderWalk {
 public:
  explicit FolderWalk(const std::string& folder, HiddenFolders hidden = HiddenFolders::kRead)
      : hidden_(hidden) {
    enter(folder);
  }

  /// Returns the next image, or the path of a folder that cannot be read, with the reason in
  /// Input::cause. Returns nothing at the end.
  std::optional<Input> next();
  /// Number of entries skipped so far: those that are neither folders nor files with an image
  /// extension.
  std::size_t passed_over() const { return passed_over_; }
  /// How many of these have an archive's name.
  std::size_t archives() const { return archives_; }

 private:
  /// One folder's entries, packed: a million names take about 20 MB.
  struct Level {
    std::string folder;
    std::string names;                // for each entry: its kind, its name, a zero byte
    std::vector<std::size_t> starts;  // offsets of the names, sorted by name
    std::size_t next = 0;
  };

  void enter(const std::string& folder);

  HiddenFolders hidden_;
  std::vector<Level> levels_;
  std::optional<Input> failure_;
  std::size_t passed_over_ = 0;
  std::size_t archives_ = 0;
};

}  // namespace app
