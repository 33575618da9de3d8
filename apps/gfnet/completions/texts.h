#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command_line/syntax.h"

/// Pieces of text that the scripts of several shells need.
namespace app {

/// "a b c".
std::string joined(const std::vector<std::string>& words);

/// Names of all options of a command: "--model --device --help -h".
std::vector<std::string> option_names(const CommandSyntax& command);

/// The command's argument without a name; nullptr if it takes none. An option that is positional
/// too counts.
const OptionSyntax* positional_of(const CommandSyntax& command);

/// The first sentence of a help text, or what comes before its first semicolon.
std::string brief(std::string_view help);

/// The text with a backslash before each of `special`.
std::string escaped(std::string_view text, std::string_view special);

}  // namespace app
