#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gfnet::system {

/// Value of an environment variable. Nothing if it is not set.
std::optional<std::string> variable(const char* name);
/// Sets an environment variable of this process, unless it is set. Other threads must not read any
/// meanwhile.
void set_default_variable(const char* name, const std::string& value);

/// The user's folder for files that can be rebuilt. Empty if the environment does not say.
std::filesystem::path user_cache_folder();
/// The variable that is set for every user and names this folder or one above it.
const char* home_variable();

/// What separates the paths in an environment variable that holds several.
char path_separator();

}  // namespace gfnet::system
