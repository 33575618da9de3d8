#pragma once

#include <string>
#include <vector>

#include "command_line/syntax.h"

/// What shells complete after `gfnet`. Each function returns the text of a script that the shell
/// loads. models: names of the zoo's models, which options for a model take.
namespace app {

std::string bash_completions(const CommandSyntax& program, const std::vector<std::string>& models);
std::string zsh_completions(const CommandSyntax& program, const std::vector<std::string>& models);
std::string fish_completions(const CommandSyntax& program, const std::vector<std::string>& models);

}  // namespace app
