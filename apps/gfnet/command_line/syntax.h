#pragma once

#include <string>
#include <vector>

/// The command line as data: what --help prints about commands and options, for programs that write
/// completions.
namespace app {

/// What the values of an option are.
enum class ValueKind {
  kNothing,  // a flag
  kText,
  kNumber,
  kFile,
  kFolder,
  kPath,     // a file or a folder
  kModel,    // a model of the zoo, or a checkpoint's file
  kDevice,   // an index of gfnet devices, or part of a name
  kDevices,  // several, separated by commas, or all
};

struct ValueSyntax {
  ValueKind kind = ValueKind::kNothing;
  /// Values that completions offer; empty if they are too many, or not known.
  std::vector<std::string> choices;
  /// One argument holds several values, separated by commas.
  bool is_list = false;
};

struct OptionSyntax {
  /// "-h" and "--help"; empty for an argument that is only positional.
  std::vector<std::string> names;
  /// "PATH", or empty for an option.
  std::string positional;
  std::string help;
  /// The option or argument can be given several times.
  bool is_repeatable = false;
  ValueSyntax value;
};

struct CommandSyntax {
  std::string name;
  std::string summary;
  std::vector<OptionSyntax> options;
  std::vector<CommandSyntax> commands;
};

}  // namespace app
