#pragma once

#include <string>
#include <vector>

namespace app {

/// The pictures that PATH arguments stand for, in the order given.
struct Inputs {
  std::vector<std::string> files;
  /// What could not be looked at, as "PATH: CAUSE".
  std::vector<std::string> failures;
  /// What lies in folders and is no file with a picture's name.
  std::size_t passed_over = 0;
};

/// A file stands for itself whatever its name; a folder for all pictures below it, by name, sorted;
/// "-" for such paths on stdin, one a line.
Inputs collect_inputs(const std::vector<std::string>& paths);

}  // namespace app
