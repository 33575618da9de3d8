#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input.h"

namespace app {

/// Whether both names lead to one file, or will once it is made. Devices such as /dev/null hold
/// nothing that could be lost and are never the same.
bool is_same_file(const std::string& a, const std::string& b);

/// Sees to it that no output empties a file that the run reads, though inputs are known only as
/// they come. All throw UsageError.
class OverwriteGuard {
 public:
  /// Empty names are ignored. No output may be another, nor one of the files that are read besides
  /// the inputs.
  OverwriteGuard(const std::vector<std::string>& outputs, const std::vector<std::string>& files);

  /// Before `outputs`, all or some of them, are emptied. One that holds anything but results of
  /// ours is held against all inputs that paths stand for, which takes a walk of its own; inputs on
  /// stdin cannot be looked at before, so that with those it is refused.
  static void check_contents(const std::vector<std::string>& outputs,
                             const std::vector<std::string>& paths);

  /// Once the outputs are open: the source, with every input checked against them.
  InputSource watch(InputSource inputs) const;

 private:
  std::vector<std::string> outputs_;
};

}  // namespace app
