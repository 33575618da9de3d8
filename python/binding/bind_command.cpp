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
        std::vector<std::string> texts{"gfnet"};
        for (const nb::bytes& argument : arguments)
          texts.emplace_back(argument.c_str(), argument.size());
        std::vector<char*> pointers;
        for (std::string& text : texts) pointers.push_back(text.data());
        pointers.push_back(nullptr);
        const nb::gil_scoped_release released;
        return app::run_command(static_cast<int>(texts.size()), pointers.data());
      },
      nb::arg("arguments"));
}

}  // namespace binding
