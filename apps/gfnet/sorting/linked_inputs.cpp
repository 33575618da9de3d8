#include "sorting/linked_inputs.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "terminal/interrupt.h"

namespace app {
namespace {

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

}  // namespace

fs::path entry_of(const fs::path& path, std::error_code& error) {
  const fs::path folder = fs::canonical(fs::absolute(path).parent_path(), error);
  return error ? fs::path() : folder / path.filename();
}

fs::path entry_named_by(const fs::path& link, std::error_code& error) {
  const fs::path text = fs::read_symlink(link, error);
  return error ? fs::path() : entry_of(link.parent_path() / text, error);
}

LinkedInputs::LinkedInputs(const std::function<InputSource()>& list) {
  std::error_code error;
  std::unordered_map<std::string, std::string> named;
  const InputSource inputs = list();
  while (const std::optional<Input> input = interrupted() ? std::nullopt : inputs()) {
    if (!input->archive.empty() || !is_link(input->path)) continue;
    const fs::path link = entry_of(input->path, error);
    if (error) continue;
    for (const fs::path& entry : way_of(link)) named.emplace(entry.native(), link.native());
  }
  if (named.empty()) return;
  const InputSource again = list();
  while (const std::optional<Input> input = interrupted() ? std::nullopt : again()) {
    const fs::path entry = entry_of(input->path, error);
    const auto found = error ? named.end() : named.find(entry.native());
    if (found != named.end()) link_to_.insert(*found);
  }
}

std::string LinkedInputs::cause_to_stay(const fs::path& entry) const {
  if (link_to_.empty()) return "";
  const auto link = link_to_.find(entry.native());
  if (link != link_to_.end()) {
    return fmt::format("the link '{}', which is an input too, leads to it; --link-to sorts both",
                       link->second);
  }
  for (const fs::path& step : way_of(entry)) {
    if (!link_to_.contains(step.native())) continue;
    return fmt::format("it is a link to '{}', which is an input too; --link-to sorts both",
                       step.native());
  }
  return "";
}

}  // namespace app
