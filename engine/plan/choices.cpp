#include "plan/choices.h"

namespace gfnet::plan {

std::string Choices::to_text() const {
  std::string text;
  for (const auto& [problem, candidate] : by_problem_) text += problem + '\t' + candidate + '\n';
  return text;
}

std::optional<Choices> Choices::from_text(std::string_view text) {
  Choices choices;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t tab = line.find('\t');
    if (end == std::string_view::npos || tab == std::string_view::npos) return std::nullopt;
    choices.set(std::string(line.substr(0, tab)), std::string(line.substr(tab + 1)));
    text.remove_prefix(end + 1);
  }
  return choices;
}

}  // namespace gfnet::plan
