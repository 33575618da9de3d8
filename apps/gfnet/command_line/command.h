#pragma once

#include <string>
#include <vector>

/// The subcommands of `gfnet` and their exit statuses. Each add_ function adds one subcommand to
/// the command line.
namespace app {

class CommandLine;

/// The process's exit status (see docs/command-line.md).
enum ExitStatus {
  kAllDone = 0,
  kSomeFailed = 1,
  kWrongUsage = 2,
  kNoDevice = 3,
  kInterrupted = 130,  // what shells report for a command that SIGINT ended
};

/// Adds `gfnet classify`. arguments: the whole command line, for the message that says how to
/// continue an interrupted run.
void add_classify(CommandLine& line, const std::vector<std::string>& arguments);
void add_evaluate(CommandLine& line);
void add_bench(CommandLine& line);
void add_check(CommandLine& line);
void add_devices(CommandLine& line);
void add_info(CommandLine& line);
void add_plan(CommandLine& line);
void add_explain(CommandLine& line);
void add_filters(CommandLine& line);
void add_live(CommandLine& line);
void add_models(CommandLine& line);
void add_pull(CommandLine& line);

/// Adds all of these. Each program that calls it contains one of the definitions of add_live().
void add_all(CommandLine& line, const std::vector<std::string>& arguments);

}  // namespace app
