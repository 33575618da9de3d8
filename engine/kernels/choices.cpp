#include "kernels/choices.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/fnv.h"

namespace gfnet::plan {
namespace {

constexpr std::string_view kWay = "way";
constexpr std::string_view kKernel = "kernel";

/// Removes the text up to the first tab from the line, and returns it without the tab. Returns
/// nothing if the line has no tab.
std::optional<std::string_view> take_field(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  const std::string_view field = line.substr(0, tab);
  line.remove_prefix(tab + 1);
  return field;
}

}  // namespace

void add_candidate(Decision& decision, const std::string& name, const std::string& description) {
  decision.candidates.push_back(name);
  // A sum does not depend on the order of the candidates, which a rule may change.
  decision.digest += fnv(fnv(kFnvStart, name + '\t'), description);
}

std::optional<std::size_t> ChoiceTable::find(const Decision& decision) const {
  const auto entry = by_problem_.find(decision.problem);
  if (entry == by_problem_.end() || entry->second.digest != decision.digest) return std::nullopt;
  const auto found = std::ranges::find(decision.candidates, entry->second.candidate);
  if (found == decision.candidates.end()) return std::nullopt;
  return static_cast<std::size_t>(found - decision.candidates.begin());
}

void ChoiceTable::adopt(const ChoiceTable& other) {
  for (const auto& [problem, entry] : other.by_problem_) {
    const auto [mine, is_new] = by_problem_.try_emplace(problem, entry);
    if (!is_new && mine->second.digest == entry.digest) mine->second = entry;
  }
}

std::string ChoiceTable::to_text(std::string_view sort) const {
  std::string text;
  for (const auto& [problem, entry] : by_problem_) {
    text += std::string(sort) + '\t' + problem + '\t' + std::to_string(entry.digest) + '\t' +
            entry.candidate + '\n';
  }
  return text;
}

bool ChoiceTable::add_line(std::string_view line) {
  const auto problem = take_field(line);
  const auto digest = take_field(line);
  if (!problem || !digest) return false;
  Entry entry{std::string(line), 0};
  const char* const end = digest->data() + digest->size();
  const auto [read, error] = std::from_chars(digest->data(), end, entry.digest);
  if (error != std::errc() || read != end) return false;
  by_problem_[std::string(*problem)] = std::move(entry);
  return true;
}

std::string Choices::to_text() const { return ways.to_text(kWay) + kernels.to_text(kKernel); }

std::optional<Choices> Choices::from_text(std::string_view text) {
  Choices choices;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto sort = take_field(line);
    if (!sort || (*sort != kWay && *sort != kKernel)) return std::nullopt;
    ChoiceTable& table = *sort == kWay ? choices.ways : choices.kernels;
    if (!table.add_line(line)) return std::nullopt;
  }
  return choices;
}

}  // namespace gfnet::plan
