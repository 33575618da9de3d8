#include "command_line/command.h"

namespace app {

void add_all(CommandLine& line, const std::vector<std::string>& arguments) {
  add_classify(line, arguments);
  add_evaluate(line);
  add_live(line);
  add_bench(line);
  add_devices(line);
  add_info(line);
  add_plan(line);
  add_check(line);
  add_explain(line);
  add_filters(line);
  add_models(line);
  add_pull(line);
}

}  // namespace app
