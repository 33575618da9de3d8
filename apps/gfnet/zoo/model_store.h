#pragma once

#include <gfnet/gfnet.h>
#include <gfnet/zoo.h>

#include <filesystem>
#include <string>

#include "zoo/part_file.h"

namespace app {

/// A folder with checkpoints of the zoo. Beside each checkpoint that gfnet stored lies its record:
/// a JSON file with the checkpoint's size, modification time and SHA-256. A comparison with the
/// record shows whether the checkpoint was damaged later.
class ModelStore {
 public:
  enum class Condition {
    kAbsent,
    /// The file agrees with its record: it has not changed since gfnet checked it.
    kIntact,
    /// The file is present but has no record: gfnet did not store or check it.
    kUnrecorded,
    /// The file differs from its record, or the record cannot be read.
    kDamaged,
  };

  explicit ModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path path_of(const gfnet::ZooModel& model) const;
  std::filesystem::path part_path_of(const gfnet::ZooModel& model) const;

  /// Throws gfnet::FormatError if the name of the record is taken by a file that gfnet has not
  /// written. An empty file can be left by a power cut.
  void check_record_is_ours(const gfnet::ZooModel& model) const;

  /// thorough: if true, compares the SHA-256 of the whole file with the record. If false, a file
  /// with the recorded size and modification time counts as intact.
  Condition condition(const gfnet::ZooModel& model, bool thorough) const;

  /// Checks that the part file is the checkpoint of `model`. Then renames the part file to
  /// path_of(model) and writes the record of the checkpoint: a small JSON file in the same folder,
  /// which shows that gfnet has checked the checkpoint. origin: address or path of the source, for
  /// the record. Throws gfnet::FormatError if the part file is not that checkpoint, or if the
  /// record cannot be written.
  void admit(const gfnet::ZooModel& model, PartFile& part, const std::string& origin) const;
  /// Accepts a file that is already at path_of(model), for example because the user copied it
  /// there. Checks that this file is the checkpoint of `model`. Then writes the record of the
  /// checkpoint: a small JSON file in the same folder, which shows that gfnet has checked the
  /// checkpoint. Throws gfnet::FormatError if the file is not that checkpoint, or if the record
  /// cannot be written.
  void adopt(const gfnet::ZooModel& model) const;

 private:
  std::filesystem::path record_path_of(const gfnet::ZooModel& model) const;
  void write_record(const gfnet::ZooModel& model, const std::string& sha256,
                    const std::string& origin) const;

  std::filesystem::path directory_;
};

}  // namespace app
