#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <unordered_map>

#include "inputs/input.h"

namespace app {

/// The path of a file with the links of its folder resolved, but not the file's own link. Two paths
/// that name the same entry of a folder give the same result. Sets `error` if the folder is not
/// there.
std::filesystem::path entry_of(const std::filesystem::path& path, std::error_code& error);

/// The entry that a symbolic link at `link` names, by entry_of(). It need not exist. Sets `error`
/// if `link` is no link, or if the folder that it names is not there.
std::filesystem::path entry_named_by(const std::filesystem::path& link, std::error_code& error);

/// The symbolic links among the inputs of a run that moves its inputs. A link would lead nowhere
/// once the file that it leads to has moved. So neither of the two may be moved if both are inputs.
/// The same holds for each link of a chain. Keeps the names of such inputs only.
class LinkedInputs {
 public:
  /// No links.
  LinkedInputs() = default;
  /// list: gives a new source of all inputs whenever it is called. Walks the inputs once, a second
  /// time if there are links, and a third time if one may lead to an input. Meanwhile a link takes
  /// some 32 bytes of memory. Ends early once interrupted().
  explicit LinkedInputs(const std::function<InputSource()>& list);

  /// Why the input at `entry` (see entry_of()) may not be moved, or "".
  std::string cause_to_stay(const std::filesystem::path& entry) const;

 private:
  /// For each input that is named by a link, also an input: this link.
  std::unordered_map<std::string, std::string> link_to_;
};

}  // namespace app
