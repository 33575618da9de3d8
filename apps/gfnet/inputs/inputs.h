#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inputs/folder_walk.h"
#include "inputs/held_list.h"
#include "inputs/input.h"
#include "inputs/path_list.h"

namespace app {

/// The image files that a command's PATH arguments name, in the order given. The files are found
/// one at a time, so memory does not grow with the number of files. If a PATH names a file, this
/// file is an input, whatever its name. A folder stands for all images below it (see FolderWalk).
/// "-" stands for the files and folders that stdin lists. For a folder without images, next()
/// returns the folder's path with a cause of failure.
class Inputs {
 public:
  /// held: a copy of the list on stdin, which "-" then stands for instead of stdin. If held is
  /// null, "-" stands for stdin itself. The copy must outlive this object. hidden: what happens to
  /// hidden folders below the given ones.
  explicit Inputs(std::vector<std::string> paths, const HeldList* held = nullptr,
                  HiddenFolders hidden = HiddenFolders::kRead)
      : paths_(std::move(paths)), held_(held), hidden_(hidden) {}

  /// The next input; nothing at the end.
  std::optional<Input> next();
  /// Number of folder entries skipped so far: those that are neither folders nor image files.
  std::size_t passed_over() const;

  /// Whether the paths include "-", which stands for a list of paths on stdin.
  static bool read_stdin(const std::vector<std::string>& paths);

 private:
  std::optional<Input> start(Input input);
  std::optional<Input> next_in_folder();

  std::vector<std::string> paths_;
  const HeldList* held_;
  HiddenFolders hidden_;
  std::size_t argument_ = 0;  // index of the next one
  std::optional<PathList> list_;
  std::optional<FolderWalk> walk_;
  Input folder_;          // the folder of walk_
  bool is_bare_ = false;  // walk_ has found nothing so far
  std::size_t passed_over_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace app
