#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "binding.h"
#include "run_command.h"

namespace binding {

void add_command(nb::module_& module) {
  module.def(
      "run_command",
      [](const std::vector<nb::bytes>& arguments) {
        std::vector<std::string> words{"gfnet"};
        for (const nb::bytes& argument : arguments)
          words.emplace_back(argument.c_str(), argument.size());
        const nb::gil_scoped_release released;
        return app::run_command(words);
      },
      nb::arg("arguments"));
}

}  // namespace binding
