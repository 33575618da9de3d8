#include "sorting/file_move.h"

#include <cerrno>
#include <optional>
#include <system_error>

#include "sorting/linked_inputs.h"
#include "sorting/move_journal.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_copy.h"
#include "system/file_facts.h"
#include "system/file_names.h"
#include "system/file_sync.h"

namespace app {
namespace {

namespace fs = std::filesystem;
namespace system = gfnet::system;

bool is_same_file(const fs::path& a, const fs::path& b) {
  const auto of_a = system::facts_of_entry(a);
  const auto of_b = system::facts_of_entry(b);
  return of_a && of_b && of_a->identity == of_b->identity;
}

/// Takes a name with an empty file. Returns 0 or a value of errno.
int take_name(const fs::path& path) {
  using system::Opening;
  const system::Descriptor placeholder(system::open_file(
      path, Opening::kWrite | Opening::kCreate | Opening::kNew, system::NewFileFor::kOwner));
  return placeholder.get() < 0 ? errno : 0;
}

/// Moves a file to another file system, or within one that can neither rename nor link without
/// replacing.
int move_content(const fs::path& source, const fs::path& target, MoveJournal& journal) {
  if (system::facts_of_entry(target)) return EEXIST;  // before the content is copied
  const fs::path part = journal.open();
  int error = system::copy_to_new_file(source, part);
  if (error == 0) {
    journal.begin(source, target);
    error = rename_to_new(part, target);
    if (error == EXDEV) {
      // Take the name with an empty file of our own, which may then be replaced.
      error = take_name(target);
      if (error == 0) {
        error = system::replace_file(part, target);
        if (error != 0) system::remove_file(target);
      }
    }
    if (error == 0) error = system::sync_folder(target.parent_path());
    if (error == 0) {
      error = system::remove_file(source);
      if (error != 0) system::remove_file(target);
    }
    journal.end();
  }
  system::remove_file(part);
  return error;
}

/// Moves a relative link: makes a link with an absolute text in its place. The text does not lead
/// through the folder of the old link, which may be removed when nothing is left in it.
int move_link(const fs::path& source, const fs::path& target) {
  std::error_code error;
  const fs::path text = entry_named_by(source, error);
  if (error) return error.value();
  if (const int failed = make_link(text, target)) return failed;
  const int failed = system::remove_file(source);
  if (failed != 0) system::remove_file(target);
  return failed;
}

}  // namespace

int make_link(const fs::path& text, const fs::path& target) {
  const int error = system::make_symbolic_link(text, target);
  if (error != EEXIST) return error;
  std::error_code ignored;
  return fs::read_symlink(target, ignored) == text ? 0 : EEXIST;
}

int rename_to_new(const fs::path& source, const fs::path& target) {
  const int renamed = system::rename_unless_taken(source, target);
  if (renamed != ENOSYS) return renamed;
  // Such as a network file system. A run that was killed may have left both names.
  const int linked = system::link_file(source, target);
  if (linked != 0 && (linked != EEXIST || !is_same_file(source, target))) return linked;
  const int error = system::remove_file(source);
  if (error != 0) system::remove_file(target);
  return error;
}

int move_file(const fs::path& source, const fs::path& target, MoveJournal& journal) {
  std::error_code error;
  const bool is_link = fs::is_symlink(fs::symlink_status(source, error));
  if (is_link && fs::read_symlink(source, error).is_relative()) return move_link(source, target);
  const int failed = rename_to_new(source, target);
  if (failed != EXDEV) return failed;
  return is_link ? move_link(source, target) : move_content(source, target, journal);
}

bool concerns_all_files(int error) { return system::concerns_disk(error); }

}  // namespace app
