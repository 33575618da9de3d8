#pragma once

#include <deque>
#include <string>
#include <vector>

namespace live {

/// A rehearsed demonstration: a text file with one command a line, done one after the other.
///
///   wait 2.5              seconds
///   labels 3              wait until so many more pictures have been labelled
///   key m                 as if that key was pressed (space, up, down, or a character)
///   view                  wait until the view that was chosen is there, or was refused
///   resize 800 600        the window
///   minimise | restore
///   lose swapchain        as if the system took the window's images away; or surface
///   screenshot FILE.png
///   status                one line of JSON on stdout
///   quit
///
/// Empty lines, and what follows a #, mean nothing.
struct ScriptCommand {
  std::string name;
  std::vector<std::string> arguments;
};

/// Throws gfnet::FormatError naming the line that is none of these.
std::deque<ScriptCommand> read_script(const std::string& path);

}  // namespace live
