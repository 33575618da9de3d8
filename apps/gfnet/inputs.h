#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "folder_walk.h"
#include "input.h"
#include "path_list.h"

namespace app {

/// What PATH arguments stand for, in the order given and one at a time, so that their number does
/// not matter: a file stands for itself whatever its name; a folder for all pictures below it, as
/// FolderWalk finds them; "-" for such paths on stdin. A folder without pictures is an input with a
/// cause.
class Inputs {
 public:
  explicit Inputs(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  std::optional<Input> next();
  /// What lies in folders and is no file with a picture's name, so far.
  std::size_t passed_over() const;

  static bool read_stdin(const std::vector<std::string>& paths);

 private:
  std::optional<Input> start(Input input);
  std::optional<Input> next_in_folder();

  std::vector<std::string> paths_;
  std::size_t argument_ = 0;  // the one that comes next
  std::optional<PathList> list_;
  std::optional<FolderWalk> walk_;
  Input folder_;          // that walk_ walks
  bool is_bare_ = false;  // nothing was found in it so far
  std::size_t passed_over_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace app
