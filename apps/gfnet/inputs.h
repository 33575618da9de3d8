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

/// Whether both names lead to one file, or will once it is made. Devices such as /dev/null hold
/// nothing that could be lost and are never the same.
bool is_same_file(const std::string& a, const std::string& b);

/// A file stands for itself whatever its name; a folder for all pictures below it, by name, sorted;
/// "-" for such paths on stdin, one a line or, as find -print0 writes them, with zero bytes
/// between.
Inputs collect_inputs(const std::vector<std::string>& paths);

}  // namespace app
