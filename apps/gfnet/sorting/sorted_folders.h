#pragma once

#include <gfnet/gfnet.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sorting/linked_inputs.h"
#include "sorting/move_journal.h"

namespace app {

/// Where labelled files go: the values of --link-to, --move-to and --threshold.
struct SortingOptions {
  std::string link_to;
  std::string move_to;
  std::optional<double> threshold;

  bool is_wanted() const { return !link_to.empty() || !move_to.empty(); }
  bool moves() const { return !move_to.empty(); }
  /// The folder that gets the folders of the classes.
  const std::string& folder() const { return moves() ? move_to : link_to; }

  /// Throws UsageError if the options exclude each other, or if the folder lies in one of `paths`,
  /// the PATH arguments: the run would find there what it has sorted.
  void check_usage(const std::vector<std::string>& paths) const;
};

/// Puts labelled files into folders, one for each class (see folder_names()), as links or by moving
/// them. A file with a probability below the threshold goes to the folder kUnsure. Nothing is ever
/// overwritten. If another file has taken a file's name, the name gets a number that depends only
/// on the file's path. Files that are in their place already stay, so a run can be repeated.
class SortedFolders {
 public:
  /// Makes no folder yet. Completes what a killed run has begun (see MoveJournal). linked: the
  /// links among the inputs, if the files are moved. Throws gfnet::FormatError.
  SortedFolders(const SortingOptions& options, const gfnet::Model& model, LinkedInputs linked);

  /// Whether the folder for the sorted files was there before this run.
  bool is_continued() const { return missing_.empty(); }

  /// Puts a file into its folder. best: its most probable class. Returns why this file stays where
  /// it is, or "". Throws gfnet::FormatError if other files would fail too, as on a full disk.
  std::string place(const std::string& path, const gfnet::Prediction& best);

 private:
  /// The index, in names_, of the folder for files with this most probable class.
  std::size_t index_of(const gfnet::Prediction& best) const;
  /// Makes the folder if it does not exist. Returns its canonical path. Throws gfnet::FormatError.
  const std::filesystem::path& make_folder(std::size_t index);
  /// Removes the folder again if this run made it and nothing is in it, and then also those that
  /// the run made above it.
  void remove_if_unused(std::size_t index);
  /// Removes the folders of missing_ that are there now and empty.
  void remove_empty() const;
  /// Returns 0 or errno; EEXIST if the name is taken by another file.
  int place_as(const std::filesystem::path& source, const std::filesystem::path& target);

  SortingOptions options_;
  LinkedInputs linked_;
  std::filesystem::path folder_;
  /// folder_ and the folders above it, from the inside out, that did not exist before this run.
  std::vector<std::filesystem::path> missing_;
  std::vector<std::string> names_;
  /// For each class, and at last for kUnsure: its folder, or an empty path as long as it is unused.
  std::vector<std::filesystem::path> folders_;
  std::vector<bool> is_new_;  // for each folder: whether this run made it
  MoveJournal journal_;
};

}  // namespace app
