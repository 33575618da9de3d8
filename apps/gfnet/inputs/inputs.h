#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inputs/archives/archive_walk.h"
#include "inputs/folder_walk.h"
#include "inputs/held_list.h"
#include "inputs/input.h"
#include "inputs/path_list.h"

namespace app {

/// The image files that a command's PATH arguments name, in the order given. The files are found
/// one at a time, so memory does not grow with the number of files. If a PATH names a file, this
/// file is an input, whatever its name. A folder stands for all images below it (see FolderWalk).
/// An archive stands for all images in it (see ArchiveWalk); a folder's archives are skipped. "-"
/// stands for the files, folders and archives that stdin lists. For a folder or an archive without
/// images, next() returns its path with a cause of failure.
class Inputs {
 public:
  /// held: a copy of the list on stdin, which "-" then stands for instead of stdin. If held is
  /// null, "-" stands for stdin itself. The copy must outlive this object. hidden: what happens to
  /// hidden folders below the given ones.
  explicit Inputs(std::vector<std::string> paths, const HeldList* held = nullptr,
                  HiddenFolders hidden = HiddenFolders::kRead)
      : paths_(std::move(paths)), held_(held), hidden_(hidden) {}
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  /// Leaves archives closed: next() returns the archive itself as an input, without opening it.
  void keep_archives_closed() { opens_archives_ = false; }

  /// The next input; nothing at the end.
  std::optional<Input> next();
  /// Number of entries of folders and archives skipped so far: those that are neither folders nor
  /// image files.
  std::size_t passed_over() const;

  /// Whether the paths include "-", which stands for a list of paths on stdin.
  static bool read_stdin(const std::vector<std::string>& paths);
  /// Whether the inputs of these paths can be counted in a short time while they are read: neither
  /// "-" nor a compressed .tar file is among them.
  static bool can_be_counted(const std::vector<std::string>& paths);

 private:
  std::optional<Input> start(Input input);
  std::optional<Input> next_in_folder();
  std::optional<Input> next_in_archive();

  std::vector<std::string> paths_;
  const HeldList* held_;
  HiddenFolders hidden_;
  std::size_t argument_ = 0;  // index of the next one
  std::optional<PathList> list_;
  std::optional<FolderWalk> walk_;
  Input folder_;          // the folder of walk_
  bool is_bare_ = false;  // walk_ has found nothing so far
  std::optional<ArchiveWalk> archive_;
  std::size_t archive_argument_ = 0;  // that led to archive_
  bool opens_archives_ = true;
  std::size_t passed_over_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace app
