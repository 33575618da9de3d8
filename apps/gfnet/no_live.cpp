#include "command.h"

namespace app {

void add_live(CLI::App& app, int&) {
  CLI::App* command = app.add_subcommand("live", "Label what a camera sees, as it comes");
  command->allow_extras();
  command->callback(
      [] { throw UsageError("this gfnet was built without FFmpeg, which gfnet live needs"); });
}

}  // namespace app
