#pragma once

#include <string>

namespace app {

/// What `gfnet --version` prints, without the last line feed: "gfnet 0.1.0 (commit 4d1dec5)", then
/// a line "with NAME VERSION" or "without NAME" for each third-party library of this build.
std::string version_text();

}  // namespace app
