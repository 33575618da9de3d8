#pragma once

#include <gfnet/gfnet.h>

#include <filesystem>
#include <string>

#include "part_file.h"

namespace app {

/// A folder with checkpoints of the zoo. Beside each lies a JSON record of its size, modification
/// time and SHA-256, so that later damage is noticed.
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

  /// thorough: compares the SHA-256 of the whole file. Otherwise a file with the recorded size and
  /// time counts as intact.
  Condition condition(const gfnet::ZooModel& model, bool thorough) const;

  /// Checks that the part is the model's checkpoint, then renames it to the model's file and
  /// records it. origin: address or path, for the record. Throws gfnet::FormatError about the part
  /// if it is not that checkpoint.
  void admit(const gfnet::ZooModel& model, PartFile& part, const std::string& origin) const;
  /// Checks and records a file that lies here without a record. Throws as admit() does.
  void adopt(const gfnet::ZooModel& model) const;

 private:
  std::filesystem::path record_path_of(const gfnet::ZooModel& model) const;
  void write_record(const gfnet::ZooModel& model, const std::string& sha256,
                    const std::string& origin) const;

  std::filesystem::path directory_;
};

}  // namespace app
