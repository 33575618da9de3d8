#include "inputs/inputs.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "terminal/interrupt.h"

namespace app {

std::optional<Input> Inputs::next() {
  for (;;) {
    std::optional<Input> found;
    if (walk_) {
      found = next_in_folder();
    } else if (list_) {
      found = list_->next();
      if (found) {
        found->argument = argument_ - 1;
        found = start(std::move(*found));
      } else {
        // An interrupt ends the list early. Do not continue with the next argument.
        if (interrupted()) return std::nullopt;
        list_.reset();
      }
    } else if (argument_ == paths_.size()) {
      return std::nullopt;
    } else if (paths_[argument_] == "-") {
      list_.emplace(held_ == nullptr ? STDIN_FILENO : held_->descriptor(), "stdin");
      ++argument_;
    } else {
      found = start({paths_[argument_], "", argument_});
      ++argument_;
    }
    if (found) {
      found->number = found_++;
      return found;
    }
  }
}

/// If the input is a folder, begins to walk the folder and returns nothing. Otherwise returns the
/// input.
std::optional<Input> Inputs::start(Input input) {
  std::error_code ignored;
  if (!input.cause.empty() || !std::filesystem::is_directory(input.path, ignored)) return input;
  folder_ = std::move(input);
  is_bare_ = true;
  walk_.emplace(folder_.path, hidden_);
  return std::nullopt;
}

std::optional<Input> Inputs::next_in_folder() {
  std::optional<Input> found = walk_->next();
  if (found) {
    is_bare_ = false;
    found->argument = folder_.argument;
    return found;
  }
  passed_over_ += walk_->passed_over();
  walk_.reset();
  if (!is_bare_) return std::nullopt;
  folder_.cause = "no images in this folder";
  folder_.is_bare_folder = true;
  return folder_;
}

std::size_t Inputs::passed_over() const {
  return passed_over_ + (walk_ ? walk_->passed_over() : 0);
}

bool Inputs::read_stdin(const std::vector<std::string>& paths) {
  return std::ranges::find(paths, "-") != paths.end();
}

}  // namespace app
