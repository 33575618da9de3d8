#pragma once

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>
#include <vector>

/// The subcommands of `gfnet`. Each adds itself to the command line and, if it is the one called,
/// leaves its exit status behind.
namespace app {

/// What a shell is told (see README).
enum ExitStatus {
  kAllDone = 0,
  kSomeFailed = 1,
  kWrongUsage = 2,
  kNoDevice = 3,
  kInterrupted = 130,  // what a shell says of a command that SIGINT ended
};

/// The command line asks for something that makes no sense. Ends with kWrongUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// arguments: the whole command line, to be quoted from.
void add_classify(CLI::App& app, int& status, const std::vector<std::string>& arguments);
void add_evaluate(CLI::App& app, int& status);
void add_bench(CLI::App& app, int& status);
void add_devices(CLI::App& app, int& status);
void add_info(CLI::App& app, int& status);
void add_plan(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_filters(CLI::App& app, int& status);
void add_live(CLI::App& app, int& status);
void add_models(CLI::App& app, int& status);
void add_pull(CLI::App& app, int& status);

}  // namespace app
