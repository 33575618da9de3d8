#pragma once

#include <gfnet/gfnet.h>
#include <gfnet/zoo.h>

#include <filesystem>
#include <string>

#include "zoo/part_file.h"

namespace app {

/// A folder with checkpoints of the zoo. Beside each checkpoint lies a JSON record with its size,
/// modification time and SHA-256. A comparison with the record shows whether the file was damaged
/// later.
class ModelStore {
 public:
  enum class Condition {
    kAbsent,
    /// The file is as it was when gfnet stored it.
    kIntact,
    /// The file is present but has no record: gfnet did not store it.
    kUnrecorded,
    /// The file differs from its record, or the record cannot be read.
    kDamaged,
  };

  explicit ModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path path_of(const gfnet::ZooModel& model) const;
  std::filesystem::path part_path_of(const gfnet::ZooModel& model) const;

  /// thorough: compares the SHA-256 of the whole file. If false, a file with the recorded size and
  /// modification time counts as intact.
  Condition condition(const gfnet::ZooModel& model, bool thorough) const;

  /// Checks that the part file is the model's checkpoint. Then renames it to path_of(model) and
  /// writes the record, a small file beside it that says that it was verified. origin: address or
  /// path of the source, for the record. Throws gfnet::FormatError if the part file is not that
  /// checkpoint.
  void admit(const gfnet::ZooModel& model, PartFile& part, const std::string& origin) const;
  /// For a file at path_of(model) that came there by other means than admit(): checks that it is
  /// the model's checkpoint, then writes the record, a small file beside it that says that it was
  /// verified. Throws as admit() does.
  void adopt(const gfnet::ZooModel& model) const;

 private:
  std::filesystem::path record_path_of(const gfnet::ZooModel& model) const;
  void write_record(const gfnet::ZooModel& model, const std::string& sha256,
                    const std::string& origin) const;

  std::filesystem::path directory_;
};

}  // namespace app
