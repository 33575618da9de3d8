#pragma once

#include <filesystem>

namespace gfnet {

/// Directory for files that can be rebuilt: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). Empty if none of these variables is set, or if
/// GFNET_CACHE is an empty string; nothing is cached then. Does not create the directory.
std::filesystem::path cache_directory();

}  // namespace gfnet
