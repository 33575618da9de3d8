#pragma once

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>

#include "checkpoint/checkpoint_file.h"

namespace gfnet::test {

/// Reads all tensors of the dictionary under the key "model", else of the first dictionary with
/// tensors, under their names in the file: any
/// tensors, not only those of a GFNet. Throws FormatError if there is no such dictionary, or if one
/// of the tensors cannot be read.
inline checkpoint::Checkpoint read_all(checkpoint::CheckpointFile file) {
  const auto& dictionaries = file.dictionaries();
  const bool has_model = std::ranges::any_of(
      dictionaries, [](const auto& each) { return each.has_tensor && each.key == "model"; });
  for (const checkpoint::Dictionary& dictionary : dictionaries) {
    if (!dictionary.has_tensor || (has_model && dictionary.key != "model")) continue;
    std::vector<checkpoint::CheckpointFile::Wanted> wanted;
    for (const checkpoint::Entry& entry : dictionary.entries) {
      if (file.objects().is_tensor(entry.object)) {
        wanted.push_back({entry.object, std::string(entry.name)});
      }
    }
    checkpoint::Checkpoint checkpoint = file.read(wanted);
    if (!checkpoint.unreadable().empty()) throw checkpoint.unreadable().begin()->second;
    return checkpoint;
  }
  throw FormatError(file.path(), "holds " + file.root_kind() + " without a tensor");
}

inline checkpoint::Checkpoint read_checkpoint(const std::filesystem::path& path) {
  return read_all(checkpoint::open_checkpoint(path));
}

inline checkpoint::Checkpoint read_checkpoint(std::span<const std::byte> bytes,
                                              const std::string& name) {
  return read_all(checkpoint::open_checkpoint(bytes, name));
}

}  // namespace gfnet::test
