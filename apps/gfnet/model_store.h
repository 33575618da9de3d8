#pragma once

#include <gfnet/gfnet.h>

#include <filesystem>
#include <string>

#include "part_file.h"

namespace app {

/// A folder with checkpoints of the zoo. Beside each lies a record of its size, time and SHA-256,
/// by which later damage is noticed.
class ModelStore {
 public:
  enum class Condition {
    kAbsent,
    /// As it was when it was put here.
    kIntact,
    /// There, but put by somebody else: nothing is on record.
    kUnrecorded,
    /// Not what was put here.
    kDamaged,
  };

  explicit ModelStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path path_of(const gfnet::ZooModel& model) const;
  std::filesystem::path part_path_of(const gfnet::ZooModel& model) const;

  /// thorough: reads all of the file. Otherwise one with the size and time on record is taken for
  /// intact.
  Condition condition(const gfnet::ZooModel& model, bool thorough) const;

  /// Checks that the part is the model's checkpoint, then makes it the model's file, all at once.
  /// Throws gfnet::FormatError about the part if it is no such checkpoint.
  void admit(const gfnet::ZooModel& model, PartFile& part, const std::string& origin) const;
  /// The same for a file that lies here without a record.
  void adopt(const gfnet::ZooModel& model) const;

 private:
  std::filesystem::path record_path_of(const gfnet::ZooModel& model) const;
  void write_record(const gfnet::ZooModel& model, const std::string& sha256,
                    const std::string& origin) const;

  std::filesystem::path directory_;
};

}  // namespace app
