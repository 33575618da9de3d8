#pragma once

#include <filesystem>

namespace gfnet {

/// Directory for files that can be rebuilt: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). Returns an empty path, so that nothing is
/// cached, if no such variable is set or GFNET_CACHE is an empty string. Does not create the
/// directory.
std::filesystem::path cache_directory();

}  // namespace gfnet
