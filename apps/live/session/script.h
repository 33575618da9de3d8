#pragma once

#include <deque>
#include <string>
#include <vector>

namespace live {

/// One command of a script for gfnet live. A script is a text file with one command per line. The
/// commands are run one after the other:
///
///   wait 2.5              seconds
///   labels 3              wait until this many more frames (here 3) have been labelled
///   key m                 as if the key was pressed (space, up, down, or a character)
///   view                  wait until the chosen view is shown, or was refused
///   resize 800 600        resize the window
///   minimise | restore
///   lose swapchain        as if the system had invalidated the window's images
///   lose surface          as if the system had invalidated the window's surface
///   screenshot FILE.png
///   status                print one line of JSON on stdout
///   quit
///
/// Empty lines, and text after a #, are ignored.
struct ScriptCommand {
  std::string name;
  std::vector<std::string> arguments;
};

/// Reads a script's commands. Throws gfnet::FormatError if the file cannot be read or a line is not
/// a valid command.
std::deque<ScriptCommand> read_script(const std::string& path);

}  // namespace live
