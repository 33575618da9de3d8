#pragma once

#include <gfnet/gfnet.h>

#include <filesystem>
#include <string>

#include "zoo/part_file.h"

namespace app {

/// A folder with checkpoints of the zoo. Each checkpoint has a JSON record beside it, with its
/// size, modification time and SHA-256. The record shows later damage.
class ModelStore {
 public:
  enum class Condition {
    kAbsent,
    /// Unchanged since it was stored.
    kIntact,
    /// Present without a record: it was not stored by gfnet.
    kUnrecorded,
    /// Changed since it was stored.
    kDamaged,
  };

  explicit ModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path path_of(const gfnet::ZooModel& model) const;
  std::filesystem::path part_path_of(const gfnet::ZooModel& model) const;

  /// thorough: compares the SHA-256 of the whole file. If false, a file with the recorded size and
  /// modification time counts as intact.
  Condition condition(const gfnet::ZooModel& model, bool thorough) const;

  /// Checks that the part file is the model's checkpoint. Then renames it to path_of(model) and
  /// writes the record. origin: address or path of the source, for the record. Throws
  /// gfnet::FormatError if the part file is not that checkpoint.
  void admit(const gfnet::ZooModel& model, PartFile& part, const std::string& origin) const;
  /// Checks a file in this folder that has no record, and writes its record. Throws as admit()
  /// does.
  void adopt(const gfnet::ZooModel& model) const;

 private:
  std::filesystem::path record_path_of(const gfnet::ZooModel& model) const;
  void write_record(const gfnet::ZooModel& model, const std::string& sha256,
                    const std::string& origin) const;

  std::filesystem::path directory_;
};

}  // namespace app
