#pragma once

#include <string>
#include <vector>

namespace app {

/// The command gfnet: docs/command-line.md. words: its command line, UTF-8, the first of which names
/// the program. Returns the exit status. Must be called once in a process, from the thread that the
/// process started with and before others exist, because signals are held back for all threads.
int run_command(const std::vector<std::string>& words);

}  // namespace app
