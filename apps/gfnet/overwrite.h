#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input.h"

namespace app {

/// Whether both paths lead to one file, or will once it is created. Devices such as /dev/null hold
/// nothing that could be lost and never count as the same.
bool is_same_file(const std::string& a, const std::string& b);

/// Ensures that no output overwrites a file that the run reads, although inputs become known only
/// while it runs. All members throw UsageError.
class OverwriteGuard {
 public:
  /// No output may be another output, or one of `files`, which are read besides the inputs. Empty
  /// names are ignored.
  OverwriteGuard(const std::vector<std::string>& outputs, const std::vector<std::string>& files);

  /// Call it before `outputs`, all or some of them, are emptied. An output that holds anything but
  /// gfnet's results is compared with all inputs of `paths`, which needs a separate walk. If inputs
  /// come from stdin, they cannot be known before, and such an output is refused.
  static void check_contents(const std::vector<std::string>& outputs,
                             const std::vector<std::string>& paths);

  /// Call it once the outputs are open. Returns the source, with every input checked against them.
  InputSource watch(InputSource inputs) const;

 private:
  std::vector<std::string> outputs_;
};

}  // namespace app
