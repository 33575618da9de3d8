#include "command.h"
#include "command_line.h"

namespace app {

void add_live(CommandLine& line) {
  Command command = line.add("live", "Label what a camera sees, as it comes");
  command.forward([](const std::vector<std::string>&) -> int {
    throw UsageError("this gfnet was built without FFmpeg, which gfnet live needs");
  });
}

}  // namespace app
