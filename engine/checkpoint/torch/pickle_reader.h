#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "checkpoint/checkpoint_file.h"
#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// The storages of a PyTorch file.
class StorageReader {
 public:
  virtual ~StorageReader() = default;
  /// The bytes of a whole storage. tensor: name of the tensor that needs the storage, for messages.
  /// Throws FormatError if the file lacks the storage, or if the storage's size in the file differs
  /// from the size in the pickle.
  virtual std::span<const std::byte> bytes(const PickledStorage& storage,
                                           const std::string& tensor) = 0;
  /// As ObjectReader::stored_bytes().
  virtual std::uint64_t stored_bytes() const = 0;
  /// As ObjectReader::close().
  virtual std::shared_ptr<const void> close() = 0;
};

/// The checkpoint that a pickle describes: its dictionaries, and a reader of its tensors. format:
/// for CheckpointFile::format().
CheckpointFile read_pickle(const std::filesystem::path& path, const std::string& format,
                           Pickle pickle, std::unique_ptr<StorageReader> storages);

}  // namespace gfnet::checkpoint
