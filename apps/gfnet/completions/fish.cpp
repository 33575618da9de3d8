#include <fmt/format.h>

#include "completions/completions.h"
#include "completions/texts.h"

namespace app {
namespace {

constexpr const char* kFishHead =
    R"(# Completions of gfnet for fish. The build writes this file from the options that the command declares.

function __fish_gfnet_device_indices
    gfnet devices --json 2>/dev/null | string match --regex --groups-only '^ *"index": ([0-9]+),$'
end

complete --command gfnet --condition __fish_use_subcommand --no-files
)";

std::string fish_quoted(std::string_view text) { return "'" + escaped(text, "\\'") + "'"; }

/// The flags of `complete` for a value.
std::string flags_of(const ValueSyntax& value, const std::vector<std::string>& models) {
  const std::string choices = joined(value.choices);
  if (value.is_list) {
    if (choices.empty()) return "";
    return "--no-files --arguments " +
           fish_quoted(fmt::format("(__fish_complete_list , 'printf \"%s\\n\" {}')", choices));
  }
  switch (value.kind) {
    case ValueKind::kFile:
    case ValueKind::kPath:
      return "--force-files" + (choices.empty() ? "" : " --arguments " + fish_quoted(choices));
    case ValueKind::kFolder:
      return "--no-files --arguments '(__fish_complete_directories)'";
    case ValueKind::kModel:
      return "--force-files --arguments " + fish_quoted(joined(models));
    case ValueKind::kDevice:
      return "--no-files --arguments '(__fish_gfnet_device_indices)'";
    case ValueKind::kDevices:
      return "--no-files --arguments " +
             fish_quoted("(__fish_complete_list , '__fish_gfnet_device_indices; echo all')");
    case ValueKind::kNothing:
    case ValueKind::kText:
    case ValueKind::kNumber:
      break;
  }
  return choices.empty() ? "--no-files" : "--no-files --arguments " + fish_quoted(choices);
}

/// The same for an argument without a name; nullptr if the command takes none. Fish offers files
/// unless it is told not to. If they were forced here, the values of options would get them too.
std::string flags_of_positional(const OptionSyntax* option,
                                const std::vector<std::string>& models) {
  if (option == nullptr) return "--no-files";
  const std::string flags = flags_of(option->value, models);
  const std::string forced = "--force-files";
  return flags.starts_with(forced) ? flags.substr(forced.size()) : flags;
}

std::string option_line(const std::string& condition, const OptionSyntax& option,
                        const std::vector<std::string>& models) {
  std::string text = "complete --command gfnet " + condition;
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " --long-option " + name.substr(2)
                                   : " --short-option " + name.substr(1);
  }
  if (option.value.kind != ValueKind::kNothing) {
    const std::string flags = flags_of(option.value, models);
    text += " --require-parameter" + (flags.empty() ? "" : " " + flags);
  }
  return text + " --description " + fish_quoted(brief(option.help)) + "\n";
}

}  // namespace

std::string fish_completions(const CommandSyntax& program, const std::vector<std::string>& models) {
  std::string text = kFishHead;
  const std::string at_start = "--condition __fish_use_subcommand";
  for (const OptionSyntax& option : program.options) text += option_line(at_start, option, models);
  for (const CommandSyntax& command : program.commands) {
    text += fmt::format("complete --command gfnet {} --arguments {} --description {}\n", at_start,
                        command.name, fish_quoted(brief(command.summary)));
  }
  for (const CommandSyntax& command : program.commands) {
    const std::string condition =
        fmt::format("--condition '__fish_seen_subcommand_from {}'", command.name);
    text += "\n";
    for (const OptionSyntax& option : command.options) {
      if (!option.names.empty()) text += option_line(condition, option, models);
    }
    text += fmt::format("complete --command gfnet {} {}\n", condition,
                        flags_of_positional(positional_of(command), models));
  }
  return text;
}

}  // namespace app
