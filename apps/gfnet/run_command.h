#pragma once

namespace app {

/// The command gfnet: docs/command-line.md. argv: [argc], as of main(); argv[0] is not read unless
/// the system does not say which program this process is. Returns the exit status. Must be called
/// once in a process, from the thread that the process started with and before others exist,
/// because signals are held back for all threads.
int run_command(int argc, char** argv);

}  // namespace app
