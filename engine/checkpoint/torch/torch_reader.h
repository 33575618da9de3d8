#pragma once

#include <memory>

#include "checkpoint/checkpoint_file.h"
#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// Opens the format that torch.save writes since PyTorch 1.6: a zip archive of PREFIX/data.pkl,
/// PREFIX/data/KEY, PREFIX/version and, since 2.1, PREFIX/byteorder. PREFIX is the name of a
/// folder, KEY the key of a storage. Throws FormatError.
CheckpointFile open_torch_zip(std::shared_ptr<FileBytes> file);

/// Opens PyTorch's older format, which torch.save still writes on request. A file in this format
/// starts with five pickles: a magic number, a protocol number, facts about the system, the object,
/// and the list of storage keys. The storages follow in the order of the keys. Each storage is
/// stored as the number of its elements (int64), then the elements' bytes. Throws FormatError.
CheckpointFile open_torch_legacy(std::shared_ptr<FileBytes> file);

}  // namespace gfnet::checkpoint
