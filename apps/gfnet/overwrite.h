#pragma once

#include <memory>
#include <string>
#include <vector>

#include "held_list.h"
#include "input.h"

namespace app {

/// Whether both paths lead to one file, or will once it is created. Devices such as /dev/null hold
/// nothing that could be lost and never count as the same.
bool is_same_file(const std::string& a, const std::string& b);

/// Ensures that no output empties or replaces a file that the run reads, although inputs become known
/// only while it runs. All members throw UsageError.
class OverwriteGuard {
 public:
  /// No output may be another output, or one of `files`, which are read besides the inputs. Empty
  /// names are ignored.
  OverwriteGuard(const std::vector<std::string>& outputs, const std::vector<std::string>& files);

  /// Call it before any output is opened. Walks all inputs of `paths` and compares them with the
  /// outputs that exist. emptied: the outputs that the run empties when it opens them.
  ///
  /// A list on stdin can be read only once. If one of `emptied` exists, the list is read to its end
  /// first; read the returned list in place of stdin. In all other cases the result is null and
  /// stdin is untouched. With a list on stdin, an output that holds anything but gfnet's results is
  /// refused at once: its name may have been meant as an input. Returns early, without a
  /// decision, once interrupted().
  std::unique_ptr<HeldList> check_inputs(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& emptied) const;

  /// Call it once the outputs are open. Returns the source, with every input checked against them.
  /// This also finds outputs that were empty or did not exist before; they had nothing to lose.
  InputSource watch(InputSource inputs) const;

 private:
  std::vector<std::string> outputs_;
};

}  // namespace app
