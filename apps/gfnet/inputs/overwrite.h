#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "inputs/held_list.h"
#include "inputs/input.h"

namespace app {

/// Whether both paths lead to the same file. If that file does not exist yet: whether both paths
/// will lead to the same file once the file is created. False for device files such as /dev/null,
/// because a device file holds nothing that could be lost.
bool is_same_file(const std::string& a, const std::string& b);

/// Absolute path, without links, of the file that a program would create by writing to `path`. The
/// file need not exist. Empty if this path cannot be found out.
std::filesystem::path destination(const std::string& path);

/// All files of a model: the file itself, and if it is the index of a model in several files, or
/// their folder, every index and safetensors file in the folder.
std::vector<std::string> with_shards(const std::string& file);

/// Ensures that no output of a run empties or replaces a file that the run reads. Inputs become
/// known only during the run, so check_inputs() and watch() check them separately. All members
/// throw UsageError if an output would overwrite such a file. If stderr appends to that file, they
/// call silence_stderr() first, so that the message does not change it.
class OverwriteGuard {
 public:
  /// Checks that all outputs are different files, and that no output is one of `files`, also not
  /// stdout or stderr if it appends to one. files: the files that the run reads in addition to the
  /// inputs. The index of a model in several files, or its folder, stands for all of them. Empty
  /// names are ignored.
  OverwriteGuard(const std::vector<std::string>& outputs, const std::vector<std::string>& files);

  /// Checks that stdout and stderr do not append to one of `files`, which the run reads. For
  /// commands without other outputs.
  static void check_streams(const std::vector<std::string>& files);

  /// If the paths include "-": checks that the list on stdin is no output, also not a file that
  /// stdout or stderr appends to. check_inputs() does this, too.
  void check_list(const std::vector<std::string>& paths) const;

  /// Call this function before any output is opened. Walks all inputs of `paths` and compares them
  /// with the outputs that exist and are not empty. Returns null, or a copy of stdin (see below).
  /// emptied: the outputs that the run will empty on opening.
  ///
  /// If the paths include "-", stdin lists inputs and can be read only once. Then only the outputs
  /// in `emptied` are compared. If none of these outputs has content, stdin is not read. If one of
  /// these outputs has content that is not gfnet's results, this function throws at once, because
  /// the list may name this output as an input. Otherwise this function reads the list to its end
  /// and returns a copy of the list. The caller must read the copy instead of stdin.
  ///
  /// Once interrupted(), returns early, without a complete check.
  std::unique_ptr<HeldList> check_inputs(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& emptied) const;

  /// Call this function after the outputs are open, and before anything is written to stdout.
  /// Returns a source of the same inputs that throws UsageError if an input is one of the outputs,
  /// or a file that stdout or stderr appends to. The source also finds outputs that check_inputs()
  /// did not compare because they were empty or did not exist, and inputs that stdin lists.
  ///
  /// Only a run that lists all inputs before it opens an output may call this function earlier, and
  /// without check_inputs(): an output that does not exist by then holds nothing that could be
  /// lost.
  InputSource watch(InputSource inputs) const;

 private:
  std::vector<std::string> outputs_;
};

}  // namespace app
