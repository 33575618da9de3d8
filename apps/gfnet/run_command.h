#pragma once

#include <string>
#include <vector>

namespace app {

/// The command gfnet: docs/command-line.md. words: its command line, beginning with the name of the
/// program; text as in system/paths.h. program: the command line that starts the command again,
/// without its arguments, if that is not this process's executable; its last word is the file
/// beside which the command's files lie. Returns the exit status. Must be called once in a process,
/// from the thread that the process started with and before others exist, because signals are held
/// back for all threads.
int run_command(const std::vector<std::string>& words, std::vector<std::string> program = {});

}  // namespace app
