#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

namespace gfnet {

/// Directory for files that can be rebuilt: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). If none of these can be determined, or if
/// GFNET_CACHE is set to an empty string, the path is empty and nothing is cached. Does not create
/// the directory.
std::filesystem::path cache_directory();

/// The time that an environment variable gives: a whole number of seconds, at least 1. Nothing if
/// the variable is not set or empty. Throws ArgumentError if it holds anything else.
std::optional<std::chrono::seconds> seconds_variable(const char* name);

}  // namespace gfnet
