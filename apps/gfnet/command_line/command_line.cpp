#include "command_line/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "command_line/command.h"
#include "command_line/usage_error.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

/// The message for a wrong command line. If the command is unknown, the message contains the name
/// of the command, unlike CLI11's message.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  if (app.get_subcommands().empty() && app.remaining_size() > 0) {
    return fmt::format("there is no command '{}'", app.remaining().front());
  }
  if (app.get_subcommands().empty() && error.get_name() == "RequiredError") {
    return "name a command, such as classify";
  }
  return error.what();
}

/// The name that --help shows for values; "" where it keeps the name of the variable's type.
const char* name_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::kFile:
      return "FILE";
    case ValueKind::kFolder:
      return "FOLDER";
    case ValueKind::kPath:
      return "PATH";
    case ValueKind::kModel:
      return "MODEL";
    case ValueKind::kDevice:
    case ValueKind::kDevices:
      return "DEVICE";
    case ValueKind::kNothing:
    case ValueKind::kText:
    case ValueKind::kNumber:
      break;
  }
  return "";
}

OptionSyntax syntax_of(const CLI::Option& option, const ValueSyntax& value) {
  OptionSyntax syntax;
  for (const std::string& name : option.get_snames()) syntax.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) syntax.names.push_back("--" + name);
  if (option.get_positional()) syntax.positional = option.get_name(true);
  syntax.help = option.get_description();
  syntax.is_repeatable = option.get_items_expected_max() > 1;
  syntax.value = value;
  return syntax;
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::takes(ValueKind kind) {
  value_->kind = kind;
  // A positional argument has its name already.
  option_->type_name(option_->get_positional() ? "" : name_of(kind));
  return *this;
}

Option& Option::suggests(const std::vector<std::string>& values) {
  value_->choices = values;
  return *this;
}

Option& Option::range(std::int64_t least, std::int64_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::range(double least, double most) {
  option_->check(CLI::Range(least, most));
  // A value that is no number (NaN) is neither too small nor too large for CLI11.
  option_->check([](const std::string& text) {
    const bool is_nan = std::isnan(std::strtod(text.c_str(), nullptr));
    return is_nan ? text + " is not a number" : std::string();
  });
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  value_->choices = values;
  return *this;
}

Option& Option::existing_file() {
  option_->check(CLI::ExistingFile);
  return *this;
}

Option& Option::check(std::function<std::string(const std::string&)> problem) {
  option_->check(std::move(problem));
  return *this;
}

Option& Option::comma_separated() {
  option_->delimiter(',');
  value_->is_list = true;
  return one_argument();
}

Option& Option::one_argument() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(std::initializer_list<const char*> names) {
  for (const char* name : names) option_->excludes(name);
  return *this;
}

Option Command::describe(CLI::Option* option, ValueKind kind) {
  ValueSyntax& value = (*values_)[option];
  value.kind = kind;
  return Option(option, &value);
}

Option Command::option(const std::string& name, std::string& value, const std::string& help) {
  return describe(command_->add_option(name, value, help), ValueKind::kText);
}

Option Command::option(const std::string& name, std::int64_t& value, const std::string& help) {
  return describe(command_->add_option(name, value, help), ValueKind::kNumber);
}

Option Command::option(const std::string& name, double& value, const std::string& help) {
  return describe(command_->add_option(name, value, help), ValueKind::kNumber);
}

Option Command::option(const std::string& name, std::optional<std::int64_t>& value,
                       const std::string& help) {
  return describe(command_->add_option(name, value, help), ValueKind::kNumber);
}

Option Command::option(const std::string& name, std::optional<double>& value,
                       const std::string& help) {
  return describe(command_->add_option(name, value, help), ValueKind::kNumber);
}

Option Command::option(const std::string& name, std::vector<std::string>& values,
                       const std::string& help) {
  return describe(command_->add_option(name, values, help), ValueKind::kText);
}

Option Command::option(const std::string& name, std::vector<std::int64_t>& values,
                       const std::string& help) {
  return describe(command_->add_option(name, values, help), ValueKind::kNumber);
}

Option Command::option(const std::string& name, std::function<void(const std::string&)> take,
                       const std::string& help) {
  return describe(command_->add_option_function<std::string>(name, std::move(take), help),
                  ValueKind::kText);
}

Option Command::flag(const std::string& name, bool& value, const std::string& help) {
  return describe(command_->add_flag(name, value, help), ValueKind::kNothing);
}

void Command::action(std::function<int()> run) {
  command_->callback([run = std::move(run), status = status_] {
    release_signals();
    *status = run();
  });
}

void Command::interruptible_action(std::function<int()> run) {
  command_->callback([run = std::move(run), status = status_] {
    note_signals();
    *status = run();
  });
}

void Command::forward(std::function<int(const std::vector<std::string>&)> run) {
  command_->set_help_flag();
  command_->prefix_command();
  command_->callback([command = command_, run = std::move(run), status = status_] {
    *status = run(command->remaining());
  });
}

CommandLine::CommandLine(const std::string& name, const std::string& summary,
                         std::function<std::string()> version, const std::string& footer)
    : app_(std::make_unique<CLI::App>(summary)) {
  app_->name(name);
  app_->require_subcommand(1);
  app_->allow_windows_style_options(false);  // on Windows too, a word such as /photos is a path
  app_->set_version_flag("--version", std::move(version), "Print version, commit and libraries");
  app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& summary) {
  return Command(app_->add_subcommand(name, summary), &status_, &values_);
}

int CommandLine::run(const std::vector<std::string>& words) {
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  try {
    app_->parse(static_cast<int>(arguments.size()), arguments.data());
    return status_;
  } catch (const CLI::ParseError& error) {
    // Help and version come as errors with status 0.
    if (error.get_exit_code() == 0) return app_->exit(error);
    throw UsageError(usage_error(*app_, error) + "; see gfnet --help");
  }
}

CommandSyntax CommandLine::syntax() const {
  const auto syntax_of_command = [this](const CLI::App& app) {
    CommandSyntax syntax{app.get_name(), app.get_description(), {}, {}};
    for (const CLI::Option* option : app.get_options()) {
      // The options that CLI11 adds itself, --help and --version, take no value.
      const auto value = values_.find(option);
      syntax.options.push_back(
          syntax_of(*option, value == values_.end() ? ValueSyntax() : value->second));
    }
    return syntax;
  };
  const CLI::App& whole = *app_;
  CommandSyntax syntax = syntax_of_command(whole);
  for (const CLI::App* command : whole.get_subcommands([](const CLI::App*) { return true; })) {
    syntax.commands.push_back(syntax_of_command(*command));
  }
  return syntax;
}

}  // namespace app
