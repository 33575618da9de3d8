#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_line/syntax.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// Wraps CLI11, a parser for command lines. The headers of CLI11 take seconds to compile, so only
/// command_line.cpp includes them.
namespace app {

/// A declared option or positional argument. Most members of this class add a constraint on the
/// values of the option. If a value breaks a constraint, the run ends with status 2 and a message
/// that names the option.
class Option {
 public:
  /// value: what is known about the option's values; must exist as long as this object.
  Option(CLI::Option* option, ValueSyntax* value) : option_(option), value_(value) {}

  Option& required();
  /// Sets the name that --help shows for the value: "SOURCE", "WxH".
  Option& type_name(const std::string& name);
  /// Says what the values are. --help names them after it, and completions offer them.
  Option& takes(ValueKind kind);
  /// Values that completions offer. The option takes others too.
  Option& suggests(const std::vector<std::string>& values);
  Option& range(std::int64_t least, std::int64_t most);
  Option& range(double least, double most);
  Option& one_of(const std::vector<std::string>& values);
  Option& existing_file();
  /// Adds a constraint. problem: returns what is wrong with a value, or "" if the value is right.
  Option& check(std::function<std::string(const std::string& value)> problem);
  /// The option takes one argument that holds all values, separated by commas.
  Option& comma_separated();
  /// Each occurrence of the option takes only the next argument, not all arguments that follow.
  Option& one_argument();
  /// Makes --help show the default: the value that the option's variable (see Command::option())
  /// has at the time of this call.
  Option& show_default();
  Option& needs(const Option& other);
  Option& excludes(std::initializer_list<const char*> names);

 private:
  CLI::Option* option_;
  ValueSyntax* value_;
};

/// One subcommand: its options and the function that it runs.
class Command {
 public:
  /// values: what is known about the values of each option of the command line.
  Command(CLI::App* command, int* status, std::map<const CLI::Option*, ValueSyntax>* values)
      : command_(command), status_(status), values_(values) {}

  /// Declares an option ("--top") or a positional argument ("PATH"). `value` must exist until
  /// CommandLine::run() returns. If the option is not given, `value` stays unchanged.
  Option option(const std::string& name, std::string& value, const std::string& help);
  Option option(const std::string& name, std::int64_t& value, const std::string& help);
  Option option(const std::string& name, double& value, const std::string& help);
  Option option(const std::string& name, std::optional<std::int64_t>& value,
                const std::string& help);
  Option option(const std::string& name, std::optional<double>& value, const std::string& help);
  Option option(const std::string& name, std::vector<std::string>& values, const std::string& help);
  Option option(const std::string& name, std::vector<std::int64_t>& values,
                const std::string& help);
  /// Declares an option that stores nothing. If the option is given, `take` is called with the
  /// given value.
  Option option(const std::string& name, std::function<void(const std::string& value)> take,
                const std::string& help);
  Option flag(const std::string& name, bool& value, const std::string& help);

  /// Sets the function that runs this command. SIGINT and SIGTERM end it at once. run: returns the
  /// exit status.
  void action(std::function<int()> run);
  /// Sets the function that runs this command. SIGINT and SIGTERM only make interrupted() true (see
  /// note_signals()), so the function must end soon after that. run: returns the exit status.
  void interruptible_action(std::function<int()> run);
  /// Sets a function that parses the arguments itself and runs this command. Used instead of
  /// option() and action(). run: gets all arguments that follow the command's name, also --help,
  /// and returns the exit status.
  void forward(std::function<int(const std::vector<std::string>& arguments)> run);

 private:
  Option describe(CLI::Option* option, ValueKind kind);

  CLI::App* command_;
  int* status_;
  std::map<const CLI::Option*, ValueSyntax>* values_;
};

/// The whole command line: `gfnet COMMAND …`.
class CommandLine {
 public:
  /// version: a function that returns the text of --version. This function is called only if
  /// --version is given.
  CommandLine(const std::string& name, const std::string& summary,
              std::function<std::string()> version, const std::string& footer);
  ~CommandLine();

  Command add(const std::string& name, const std::string& summary);
  /// Parses the arguments and runs the command that they name. Returns the exit status of this
  /// command, or 0 after --help or --version. Throws UsageError if the arguments are wrong, and
  /// whatever the command throws. words: the command line, which begins with the program.
  int run(const std::vector<std::string>& words);
  /// The command with all its subcommands and options, as data.
  CommandSyntax syntax() const;

 private:
  std::unique_ptr<CLI::App> app_;
  int status_ = 0;
  std::map<const CLI::Option*, ValueSyntax> values_;
};

}  // namespace app
