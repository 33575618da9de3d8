#include "sorting/linked_inputs.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

#include "system/paths.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as many as Linux follows

bool is_link(const fs::path& path) {
  std::error_code ignored;
  return fs::is_symlink(fs::symlink_status(path, ignored));
}

/// The entries that a link leads through, and at last the one that it leads to.
std::vector<fs::path> way_of(fs::path link) {
  std::vector<fs::path> way;
  std::error_code error;
  for (int links = 0; links < kMostLinks && is_link(link); ++links) {
    link = entry_named_by(link, error);
    if (error) break;
    way.push_back(link);
  }
  return way;
}

/// Calls take(entry) for each input that is a file.
template <typename Take>
void for_each_input(const InputSource& inputs, const Take& take) {
  while (const std::optional<Input> input = interrupted() ? std::nullopt : inputs()) {
    std::error_code error;
    const fs::path entry = entry_of(path_of(input->path), error);
    if (!error) take(entry);
  }
}

/// Calls take(link, entry) for each link among the inputs and each entry that it leads through or
/// to.
template <typename Take>
void for_each_link(const InputSource& inputs, const Take& take) {
  while (const std::optional<Input> input = interrupted() ? std::nullopt : inputs()) {
    if (!is_link(path_of(input->path))) continue;
    std::error_code error;
    const fs::path link = entry_of(path_of(input->path), error);
    if (error) continue;
    for (const fs::path& entry : way_of(link)) take(text_of(link), text_of(entry));
  }
}

}  // namespace

fs::path entry_of(const fs::path& path, std::error_code& error) {
  const fs::path absolute = fs::absolute(path, error);
  if (error) return {};
  const fs::path folder = fs::canonical(absolute.parent_path(), error);
  return error ? fs::path() : folder / path.filename();
}

fs::path entry_named_by(const fs::path& link, std::error_code& error) {
  const fs::path text = fs::read_symlink(link, error);
  return error ? fs::path() : entry_of(link.parent_path() / text, error);
}

LinkedInputs::LinkedInputs(const std::function<InputSource()>& list) {
  const std::hash<std::string> hash;
  std::unordered_set<std::size_t> named;  // hashes: there may be millions of links
  for_each_link(list(),
                [&](const std::string&, const std::string& entry) { named.insert(hash(entry)); });
  if (named.empty()) return;
  std::unordered_set<std::string> candidates;
  for_each_input(list(), [&](const fs::path& entry) {
    if (named.contains(hash(text_of(entry)))) candidates.insert(text_of(entry));
  });
  if (candidates.empty()) return;
  for_each_link(list(), [&](const std::string& link, const std::string& entry) {
    if (candidates.contains(entry)) link_to_.emplace(entry, link);
  });
}

std::string LinkedInputs::cause_to_stay(const fs::path& entry) const {
  if (link_to_.empty()) return "";
  const auto link = link_to_.find(text_of(entry));
  if (link != link_to_.end()) {
    return fmt::format("the link '{}', which is an input too, leads to it; --link-to sorts both",
                       link->second);
  }
  for (const fs::path& step : way_of(entry)) {
    if (!link_to_.contains(text_of(step))) continue;
    return fmt::format("it is a link to '{}', which is an input too; --link-to sorts both",
                       text_of(step));
  }
  return "";
}

}  // namespace app
