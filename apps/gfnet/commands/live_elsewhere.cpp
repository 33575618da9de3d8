#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "command_line/command.h"
#include "command_line/options.h"

namespace app {

/// Adds the subcommand `live`. The subcommand replaces this process by the program gfnet-live,
/// which lies in the same folder as this program and gets the same command line.
void add_live(CommandLine& line) {
  Command command = line.add("live", "Label the frames of a camera or a video as they come");
  command.forward([](const std::vector<std::string>& rest) -> int {
    const std::string program = (program_directory() / "gfnet-live").string();
    std::vector<std::string> words{"gfnet", "live"};
    for (const std::string& word : rest) words.push_back(word);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(program.c_str(), arguments.data());
    throw gfnet::Error(fmt::format("{}: {}", program, std::strerror(errno)));
  });
}

}  // namespace app
