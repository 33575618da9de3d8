#pragma once

#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// Name of the folder for images whose best probability is below the threshold.
inline constexpr const char* kUnsure = "unsure";

/// A name for the folder of each class, made of the class's short label. No two classes have the
/// same name, also where upper and lower case are the same, and none has the name kUnsure. A name
/// is one component of a path, has 1 to 120 bytes of valid UTF-8, begins with no dot, and has none
/// of the characters that file systems refuse. Characters that cannot stay become "_". If two
/// classes would have the same name, the later one's ends in its number: "crane (517)".
std::vector<std::string> folder_names(const gfnet::Model& model);

}  // namespace app
