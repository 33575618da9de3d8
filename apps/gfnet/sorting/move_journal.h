#pragma once

#include <filesystem>

#include "system/descriptor.h"

namespace app {

/// Remembers, in a file, the file that is being moved to another file system. The content is copied
/// there before the source is removed. If the run is killed between the two, both exist; the next
/// run finds the entry and removes the source. Without the entry, the next run would take the
/// source for another file of that name.
///
/// The file is ".gfnet-moving" in the folder for the sorted files. It exists only while it is
/// needed. A lock on it keeps other runs from using it.
class MoveJournal {
 public:
  /// folder: the folder for the sorted files, which need not exist. If a killed run has left an
  /// entry, completes its move. Throws gfnet::FormatError.
  explicit MoveJournal(std::filesystem::path folder);
  ~MoveJournal();
  MoveJournal(const MoveJournal&) = delete;
  MoveJournal& operator=(const MoveJournal&) = delete;

  /// Makes and locks the journal's file, unless that is done. Returns the name to copy the content
  /// to; there is no file of this name. Throws gfnet::FormatError if another run has the lock.
  std::filesystem::path open();
  /// Notes that the source will be removed as soon as `target` has its content. Waits until the
  /// disk has the note. Throws gfnet::FormatError.
  void begin(const std::filesystem::path& source, const std::filesystem::path& target);
  /// Removes the note.
  void end();

 private:
  std::filesystem::path file() const;
  std::filesystem::path part() const;
  /// Returns false if another run has the lock.
  bool lock();
  void complete_move();
  [[noreturn]] void fail(int error) const;

  std::filesystem::path folder_;
  gfnet::system::Descriptor opened_;
};

}  // namespace app
