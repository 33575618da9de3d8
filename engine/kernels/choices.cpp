#include "kernels/choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/cache_file.h"
#include "base/fnv.h"

namespace gfnet::kernels {
namespace {

constexpr std::string_view kAlgorithm = "algorithm";
constexpr std::string_view kKernel = "kernel";

}  // namespace

void add_candidate(graph::Choice& choice, const std::string& name, const std::string& description) {
  choice.candidates.push_back(name);
  // A sum does not depend on the order of the candidates, which a rule may change.
  choice.digest += fnv(fnv(kFnvStart, name + '\t'), description);
}

std::optional<std::size_t> ChoiceTable::find(const graph::Choice& choice) const {
  const auto entry = by_key_.find(choice.key);
  if (entry == by_key_.end() || entry->second.digest != choice.digest) return std::nullopt;
  const auto found = std::ranges::find(choice.candidates, entry->second.candidate);
  if (found == choice.candidates.end()) return std::nullopt;
  return static_cast<std::size_t>(found - choice.candidates.begin());
}

void ChoiceTable::adopt(const ChoiceTable& other) {
  for (const auto& [key, entry] : other.by_key_) {
    const auto [mine, is_new] = by_key_.try_emplace(key, entry);
    if (!is_new && mine->second.digest == entry.digest) mine->second = entry;
  }
}

std::string ChoiceTable::to_text(std::string_view sort) const {
  std::string text;
  for (const auto& [key, entry] : by_key_) {
    text += fmt::format("{}\t{}\t{}\t{}\n", sort, key, entry.digest, entry.candidate);
  }
  return text;
}

bool ChoiceTable::add_line(std::string_view line) {
  const auto key = take_field(line);
  const auto digest = take_field(line);
  if (!key || !digest) return false;
  Entry entry{std::string(line), 0};
  const char* const end = digest->data() + digest->size();
  const auto [read, error] = std::from_chars(digest->data(), end, entry.digest);
  if (error != std::errc() || read != end) return false;
  by_key_[std::string(*key)] = std::move(entry);
  return true;
}

std::string MeasuredChoices::to_text() const {
  return algorithms.to_text(kAlgorithm) + kernels.to_text(kKernel);
}

std::optional<MeasuredChoices> MeasuredChoices::from_text(std::string_view text) {
  MeasuredChoices choices;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto sort = take_field(line);
    if (!sort || (*sort != kAlgorithm && *sort != kKernel)) return std::nullopt;
    ChoiceTable& table = *sort == kAlgorithm ? choices.algorithms : choices.kernels;
    if (!table.add_line(line)) return std::nullopt;
  }
  return choices;
}

}  // namespace gfnet::kernels
