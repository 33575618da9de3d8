#pragma once

#include <string>
#include <vector>

namespace app {

/// The command line that starts this program again, without arguments: the path of its executable.
/// If a dynamic loader was called by its path to start the program, as bundles of a program and its
/// libraries do, the loader and its options come first.
std::vector<std::string> own_command(int argc, char** argv);

}  // namespace app
