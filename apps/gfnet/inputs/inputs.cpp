#include "inputs/inputs.h"

#include <algorithm>
#include <filesystem>

#include "inputs/archives/archive_names.h"
#include "system/descriptor.h"
#include "system/paths.h"
#include "terminal/interrupt.h"

namespace app {

using gfnet::system::path_of;

std::optional<Input> Inputs::next() {
  for (;;) {
    std::optional<Input> found;
    if (walk_) {
      found = next_in_folder();
    } else if (archive_) {
      found = next_in_archive();
      if (!found && interrupted()) return std::nullopt;
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
      list_.emplace(held_ == nullptr ? gfnet::system::kStdin : held_->descriptor(), "stdin");
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

/// If the input is a folder or an archive, begins to walk it and returns nothing. Otherwise returns
/// the input.
std::optional<Input> Inputs::start(Input input) {
  if (!input.cause.empty()) return input;
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path_of(input.path), ignored);
  if (opens_archives_ && is_regular_file(status) && bears_archive_name(path_of(input.path))) {
    archive_argument_ = input.argument;
    archive_.emplace(std::move(input.path));
    return std::nullopt;
  }
  if (!is_directory(status)) return input;
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
  const std::size_t archives = walk_->archives();
  walk_.reset();
  if (!is_bare_) return std::nullopt;
  folder_.cause = "no images in this folder";
  if (archives > 0) folder_.cause += "; its archives are read only if they are named themselves";
  folder_.is_bare_folder = true;
  return folder_;
}

std::optional<Input> Inputs::next_in_archive() {
  std::optional<Input> found = archive_->next();
  if (found) {
    found->argument = archive_argument_;
    return found;
  }
  passed_over_ += archive_->passed_over();
  archive_.reset();
  return std::nullopt;
}

std::size_t Inputs::passed_over() const {
  return passed_over_ + (walk_ ? walk_->passed_over() : 0) +
         (archive_ ? archive_->passed_over() : 0);
}

bool Inputs::read_stdin(const std::vector<std::string>& paths) {
  return std::ranges::find(paths, "-") != paths.end();
}

bool Inputs::can_be_counted(const std::vector<std::string>& paths) {
  return !read_stdin(paths) && std::ranges::none_of(paths, bears_compressed_tar_name);
}

}  // namespace app
