#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "binding.h"
#include "run_command.h"

namespace binding {
namespace {

std::vector<std::string> texts_of(const std::vector<nb::bytes>& words) {
  std::vector<std::string> texts;
  for (const nb::bytes& word : words) texts.emplace_back(word.c_str(), word.size());
  return texts;
}

int run_command(const std::vector<nb::bytes>& program, const std::vector<nb::bytes>& arguments) {
  std::vector<std::string> words = texts_of(arguments);
  words.insert(words.begin(), "gfnet");
  const std::vector<std::string> by = texts_of(program);
  const nb::gil_scoped_release released;
  return app::run_command(words, by);
}

}  // namespace

void add_command(nb::module_& module) {
  module.def("run_command", &run_command, nb::arg("program"), nb::arg("arguments"));
}

}  // namespace binding
