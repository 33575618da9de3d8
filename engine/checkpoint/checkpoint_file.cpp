#include "checkpoint/checkpoint_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <system_error>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/file_bytes.h"
#include "checkpoint/foreign_file.h"
#include "checkpoint/safetensors/safetensors.h"
#include "checkpoint/safetensors/shard_index.h"
#include "checkpoint/torch/torch_reader.h"
#include "system/paths.h"

namespace gfnet::checkpoint {
namespace {

// Checkpoints are little-endian, and their tensors are used in place.
static_assert(std::endian::native == std::endian::little);

/// Number of elements that the tensors of a file may have in addition to one for each byte of the
/// file. Tensors that repeat their elements (in PyTorch, expanded tensors) need it.
constexpr std::int64_t kMaxExtraElements = std::int64_t{1} << 24;
/// The start of a file that is enough to recognise its format.
constexpr std::uint64_t kHead = 1024;

/// Possible first bytes of a pickle. Protocols 0 and 1 start with one of the opcodes GLOBAL, MARK
/// and LONG, later protocols with PROTO.
constexpr std::string_view kPickleStarts =
    "\x80"
    "c(L";

CheckpointFile open(const std::shared_ptr<FileBytes>& file) {
  const std::span<const std::byte> head = file->read(0, std::min(file->size(), kHead));
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("PK")) return open_torch_zip(file);
  if (looks_like_safetensors(head, file->size())) return open_safetensors(file);
  if (const std::string what = describe_foreign_file(head, file->size()); !what.empty()) {
    throw FormatError(file->path(), what);
  }
  if (kPickleStarts.find(text[0]) != std::string_view::npos) return open_torch_legacy(file);
  throw FormatError(file->path(),
                    "is neither a PyTorch nor a safetensors file, or it is truncated");
}

}  // namespace

CheckpointFile::CheckpointFile(std::filesystem::path path, std::string format,
                               std::vector<Dictionary> dictionaries, std::string root_kind,
                               std::map<std::string, std::string> metadata,
                               std::unique_ptr<ObjectReader> reader)
    : path_(std::move(path)),
      format_(std::move(format)),
      dictionaries_(std::move(dictionaries)),
      root_kind_(std::move(root_kind)),
      metadata_(std::move(metadata)),
      reader_(std::move(reader)) {}

std::string CheckpointFile::key_of(std::size_t dictionary) const {
  std::string key;
  for (std::size_t at = dictionary; at != 0; at = dictionaries_[at].parent) {
    key = key.empty() ? std::string(dictionaries_[at].key)
                      : fmt::format("{}.{}", dictionaries_[at].key, key);
  }
  return key;
}

Checkpoint CheckpointFile::read(const std::vector<Wanted>& wanted) {
  std::vector<TensorView> tensors;
  Checkpoint::Unreadable unreadable;
  std::int64_t elements = 0;
  const auto most =
      checked_add(static_cast<std::int64_t>(reader_->stored_bytes()), kMaxExtraElements);
  for (const auto& [object, name] : wanted) {
    try {
      tensors.push_back(reader_->tensor(object, name));
    } catch (const FormatError& error) {
      unreadable.emplace(name, error);
      continue;
    }
    const auto sum = checked_add(elements, tensors.back().shape.elements());
    if (!sum || !most || *sum > *most) {
      throw FormatError(path_, "holds tensors with many more elements than the file has bytes",
                        excerpt(name));
    }
    elements = *sum;
  }
  const std::shared_ptr<const void> storage = reader_->close();
  Checkpoint checkpoint(path_, format_, std::move(tensors), metadata_, storage,
                        std::move(unreadable));
  return storage ? std::move(checkpoint) : checkpoint.with_own_bytes();
}

CheckpointFile open_checkpoint(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return open_shards(index_in_folder(path));
  const std::shared_ptr<FileBytes> file = FileBytes::open(path);
  if (looks_like_json(*file)) return open_shards(path);
  return open(file);
}

CheckpointFile open_checkpoint(std::span<const std::byte> bytes, const std::string& name) {
  return open(FileBytes::in_memory(bytes, system::path_of(name)));
}

}  // namespace gfnet::checkpoint
