#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inputs/held_list.h"
#include "inputs/input.h"

namespace app {

/// Whether both paths lead to the same file, or will lead to the same file once it is created.
/// False for devices such as /dev/null: they hold nothing that could be lost.
bool is_same_file(const std::string& a, const std::string& b);

/// Ensures that no output empties or replaces a file that the run reads. Inputs become known only
/// during the run, so they are checked separately. All members throw UsageError.
class OverwriteGuard {
 public:
  /// Checks that all outputs are different files, and that none is one of `files`: the files that
  /// are read in addition to the inputs. Empty names are ignored.
  OverwriteGuard(const std::vector<std::string>& outputs, const std::vector<std::string>& files);

  /// Call it before any output is opened. Walks all inputs of `paths` and compares them with the
  /// outputs that exist and are not empty. emptied: the outputs that the run empties when it opens
  /// them.
  ///
  /// If the paths include "-", stdin lists inputs and can be read only once. Then only the outputs
  /// of `emptied` count. If any of them is not empty, this function reads the list to its end and
  /// returns a copy; read the copy instead of stdin. Otherwise it returns null and does not read
  /// stdin. An output with content that is not gfnet's results is refused at once: the list may
  /// name it as an input.
  ///
  /// Once interrupted(), returns early, without a complete check.
  std::unique_ptr<HeldList> check_inputs(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& emptied) const;

  /// Call it after the outputs are open. Returns a source that compares every input with the
  /// outputs. It also finds an input that is an output which was empty or did not exist before;
  /// such a file had nothing to lose.
  InputSource watch(InputSource inputs) const;

 private:
  std::vector<std::string> outputs_;
};

}  // namespace app
