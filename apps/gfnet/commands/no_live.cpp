#include "command_line/command.h"
#include "command_line/command_line.h"
#include "command_line/usage_error.h"

namespace app {

void add_live(CommandLine& line) {
  Command command = line.add("live", "Label the frames of a camera or a video live");
  command.forward([](const std::vector<std::string>&) -> int {
    throw UsageError(
        "this gfnet was built without gfnet live, which needs FFmpeg; install.md in its documents "
        "says where it is: in the Debian packages, and in what is built from the sources");
  });
}

}  // namespace app
