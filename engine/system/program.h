#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gfnet::system {

/// The words of this process's command line, beginning with the name of the program. The parameters
/// are those of main().
std::vector<std::string> command_words(int argc, char** argv);

/// Absolute path, without links, of this program's executable. Empty if the system does not say.
std::filesystem::path own_path();

/// The command line that starts this program again, without arguments: the path of its executable.
/// If a dynamic loader was called by its path to start the program, as bundles of a program and its
/// libraries do on Linux, the loader and its options come first. words: those of this process.
std::vector<std::string> own_command(const std::vector<std::string>& words);

/// Continues as another program: with the same standard streams, environment and working folder,
/// and with its exit status. words: its command line, beginning with its name. Returns a value
/// of errno if it cannot be started, and else not at all.
int become(const std::filesystem::path& program, const std::vector<std::string>& words);

/// Number of this process. A forked process has another one.
int process_number();

}  // namespace gfnet::system
