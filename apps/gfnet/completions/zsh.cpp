#include <fmt/format.h>

#include "completions/completions.h"
#include "completions/texts.h"

namespace app {
namespace {

// {}: names of the zoo's models.
constexpr const char* kZshHead = R"zsh(#compdef gfnet
# Completions of gfnet for zsh. The build writes this file from the options that the command declares.

_gfnet_models() {{
  _alternative 'names:model of the zoo:({})' 'files:checkpoint:_files'
}}

_gfnet_device_indices() {{
  _call_program devices gfnet devices --json 2>/dev/null | sed -n 's/^ *"index": \([0-9]*\),$/\1/p'
}}

_gfnet_device() {{
  local -a indices=(${{(f)"$(_gfnet_device_indices)"}})
  compadd "$@" -a indices
}}

_gfnet_devices() {{
  _sequence compadd - ${{(f)"$(_gfnet_device_indices)"}} all
}}

)zsh";

/// The text in quotes that zsh takes as it is.
std::string zsh_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// What _arguments does to complete a value.
std::string action_of(const ValueSyntax& value) {
  const std::string choices = joined(value.choices);
  if (value.is_list) return choices.empty() ? " " : "_sequence compadd - " + choices;
  switch (value.kind) {
    case ValueKind::kFile:
    case ValueKind::kPath:
      if (choices.empty()) return "_files";
      return fmt::format("{{_alternative \"words:word:({})\" \"files:file:_files\"}}", choices);
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kModel:
      return "_gfnet_models";
    case ValueKind::kDevice:
      return "_gfnet_device";
    case ValueKind::kDevices:
      return "_gfnet_devices";
    case ValueKind::kNothing:
    case ValueKind::kText:
    case ValueKind::kNumber:
      break;
  }
  return choices.empty() ? " " : fmt::format("({})", choices);
}

/// The specifications of _arguments for an option, one for each of its names, and for its place
/// without a name.
std::vector<std::string> specifications(const OptionSyntax& option) {
  std::vector<std::string> result;
  const std::string explanation = escaped(brief(option.help), "\\[]:");
  const bool takes_value = option.value.kind != ValueKind::kNothing;
  for (const std::string& name : option.names) {
    const std::string others =
        option.is_repeatable ? "*" : fmt::format("({})", joined(option.names));
    const std::string value =
        takes_value ? fmt::format(":value:{}", action_of(option.value)) : std::string();
    result.push_back(zsh_quoted(fmt::format("{}{}{}[{}]{}", others, name,
                                            takes_value && name.starts_with("--") ? "=" : "",
                                            explanation, value)));
  }
  if (!option.positional.empty()) {
    result.push_back(zsh_quoted(fmt::format("{}:{}:{}", option.is_repeatable ? "*" : "",
                                            option.positional, action_of(option.value))));
  }
  return result;
}

std::string arguments_of(const CommandSyntax& command, const std::string& indentation) {
  std::string text = "_arguments -s";
  for (const OptionSyntax& option : command.options) {
    for (const std::string& specification : specifications(option)) {
      text += " \\\n" + indentation + specification;
    }
  }
  return text;
}

}  // namespace

std::string zsh_completions(const CommandSyntax& program, const std::vector<std::string>& models) {
  std::string text = fmt::format(kZshHead, joined(models));
  text +=
      "_gfnet() {\n  local curcontext=$curcontext state line\n  typeset -A opt_args\n"
      "  local -a commands=(\n";
  for (const CommandSyntax& command : program.commands) {
    text += fmt::format("    {}\n",
                        zsh_quoted(command.name + ":" + escaped(brief(command.summary), "\\:")));
  }
  text += fmt::format(
      "  )\n  {} \\\n    ':command:->command' \\\n    '*:: :->arguments' && return\n"
      "  case $state in\n    command) _describe command commands ;;\n    arguments)\n"
      "      curcontext=${{curcontext%:*}}-$words[1]:\n      case $words[1] in\n",
      "_arguments -C" + arguments_of(program, "    ").substr(13));
  for (const CommandSyntax& command : program.commands) {
    text += fmt::format("        {})\n          {}\n          ;;\n", command.name,
                        arguments_of(command, "            "));
  }
  return text + "      esac\n      ;;\n  esac\n}\n\n_gfnet \"$@\"\n";
}

}  // namespace app
