#pragma once

#include <string>
#include <vector>

namespace gfnet::system {

/// The command line that starts this program again, without arguments: the path of its executable,
/// and the arguments of the process that come before those of the command. There are some if a
/// dynamic loader was called by its path to start the program, as bundles of a program and its
/// libraries do, and if Python runs the command (python -m gfnet).
std::vector<std::string> own_command(int argc, char** argv);

}  // namespace gfnet::system
