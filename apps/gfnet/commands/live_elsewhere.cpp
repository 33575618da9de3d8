#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "command_line/command.h"
#include "command_line/options.h"
#include "system/paths.h"
#include "system/program.h"

namespace app {

using gfnet::system::text_of;

/// Adds the subcommand `live`. The subcommand replaces this process by the program gfnet-live,
/// which lies in the same folder as this program and gets the same command line.
void add_live(CommandLine& line) {
  Command command = line.add("live", "Label the frames of a camera or a video as they come");
  command.forward([](const std::vector<std::string>& rest) -> int {
    const std::filesystem::path program = program_directory() / "gfnet-live";
    std::vector<std::string> words{"gfnet", "live"};
    for (const std::string& word : rest) words.push_back(word);
    const int error = gfnet::system::become(program, words);
    throw gfnet::Error(fmt::format("{}: {}", text_of(program), std::strerror(error)));
  });
}

}  // namespace app
