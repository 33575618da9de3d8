#include <fmt/format.h>

#include "completions/completions.h"
#include "completions/texts.h"

namespace app {
namespace {

// {}: names of the zoo's models.
constexpr const char* kBashHead =
    R"(# Completions of gfnet for bash. The build writes this file from the options that the command declares.

# Offers the words after the first argument that begin with it.
_gfnet_words() {{
  local begun=$1
  shift
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "$begun")
}}

# The same in a list with commas: completes what follows the last comma.
_gfnet_list() {{
  local begun=$1 before='' i
  shift
  if [[ $begun == *,* ]]; then before=${{begun%,*}},; fi
  _gfnet_words "${{begun##*,}}" "$@"
  for i in "${{!COMPREPLY[@]}}"; do COMPREPLY[i]=$before${{COMPREPLY[i]}}; done
  compopt -o nospace
}}

# Nothing is offered here, so that readline completes the names of files.
_gfnet_files() {{ compopt -o default; }}
_gfnet_folders() {{ compopt -o dirnames; }}

# Words or files.
_gfnet_words_or_files() {{
  _gfnet_words "$@"
  if ((${{#COMPREPLY[@]}} == 0)); then
    _gfnet_files
  else
    local file
    while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
    compopt -o filenames
  fi
}}

_gfnet_models() {{ _gfnet_words_or_files "$1" {}; }}

_gfnet_device_indices() {{ "$program" devices --json 2>/dev/null | sed -n 's/^ *"index": \([0-9]*\),$/\1/p'; }}

_gfnet() {{
  local program=$1 begun=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  # --option=value comes as three words.
  if [[ $begun == = ]]; then
    begun=''
  elif [[ $previous == = ]] && ((COMP_CWORD > 1)); then
    previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
)";

/// The command that completes a value that begins with $begun; "" if nothing is known about it.
std::string value_command(const ValueSyntax& value) {
  if (value.is_list) {
    return value.choices.empty() ? "" : "_gfnet_list \"$begun\" " + joined(value.choices);
  }
  switch (value.kind) {
    case ValueKind::kFile:
    case ValueKind::kPath:
      return value.choices.empty() ? "_gfnet_files"
                                   : "_gfnet_words_or_files \"$begun\" " + joined(value.choices);
    case ValueKind::kFolder:
      return "_gfnet_folders";
    case ValueKind::kModel:
      return "_gfnet_models \"$begun\"";
    case ValueKind::kDevice:
      return "_gfnet_words \"$begun\" \"$(_gfnet_device_indices)\"";
    case ValueKind::kDevices:
      return "_gfnet_list \"$begun\" \"$(_gfnet_device_indices)\" all";
    case ValueKind::kNothing:
    case ValueKind::kText:
    case ValueKind::kNumber:
      break;
  }
  return value.choices.empty() ? "" : "_gfnet_words \"$begun\" " + joined(value.choices);
}

std::string command_case(const CommandSyntax& command) {
  std::string text = fmt::format("    {})\n      case $previous in\n", command.name);
  for (const OptionSyntax& option : command.options) {
    if (option.names.empty() || option.value.kind == ValueKind::kNothing) continue;
    const std::string complete = value_command(option.value);
    text += fmt::format("        {}) {} ;;\n", fmt::join(option.names, " | "),
                        complete.empty() ? "return" : complete);
  }
  const OptionSyntax* const positional = positional_of(command);
  const std::string complete = positional == nullptr ? "" : value_command(positional->value);
  const std::string options =
      fmt::format("_gfnet_words \"$begun\" {}", joined(option_names(command)));
  if (complete.empty()) {
    text += fmt::format("        *) {} ;;\n", options);
  } else {
    text += fmt::format(
        "        *)\n          if [[ $begun == -* ]]; then\n            {}\n          else\n"
        "            {}\n          fi\n          ;;\n",
        options, complete);
  }
  return text + "      esac\n      ;;\n";
}

}  // namespace

std::string bash_completions(const CommandSyntax& program, const std::vector<std::string>& models) {
  std::vector<std::string> first;
  for (const CommandSyntax& command : program.commands) first.push_back(command.name);
  for (const std::string& name : option_names(program)) first.push_back(name);
  std::string text = fmt::format(kBashHead, joined(models));
  text += fmt::format(
      "  if ((COMP_CWORD == 1)); then\n    _gfnet_words \"$begun\" {}\n    return\n  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n",
      joined(first));
  for (const CommandSyntax& command : program.commands) text += command_case(command);
  return text + fmt::format("  esac\n}}\n\ncomplete -F _gfnet {}\n", program.name);
}

}  // namespace app
