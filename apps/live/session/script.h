#pragma once

#include <deque>
#include <string>
#include <vector>

namespace live {

/// A script for gfnet live: a text file with one command a line, run one after the other.
///
///   wait 2.5              seconds
///   labels 3              wait until that many more frames have been labelled
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
