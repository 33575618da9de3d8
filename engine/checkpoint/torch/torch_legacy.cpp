#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/state_dict.h"
#include "checkpoint/torch/torch_reader.h"
#include "checkpoint/torch/unpickler.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

/// The magic number 0x1950a86a20f9469cfc6c as stored in the file: binary, or in decimal digits in
/// pickle protocols 0 and 1.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::string_view kMagicDigits = "119547037146038801333356";
constexpr std::int64_t kProtocol = 1001;
constexpr std::size_t kCountSize = 8;

/// A storage of the file. elements and element_size come from the pickle of the checkpoint's
/// object. `bytes` is set later, when the reader reaches the storage's data in the file.
struct Block {
  std::int64_t elements = 0;
  std::size_t element_size = 0;
  std::span<const std::byte> bytes;
  bool found = false;
};
using Blocks = std::unordered_map<std::string_view, Block>;

class LegacyFile {
 public:
  LegacyFile(const std::filesystem::path& path, std::span<const std::byte> bytes)
      : path_(path), bytes_(bytes) {}

  Pickle next_pickle() {
    Pickle pickle =
        Unpickler(path_, bytes_.subspan(position_), static_cast<std::int64_t>(position_)).read();
    position_ += pickle.size;
    return pickle;
  }

  std::span<const std::byte> next_bytes(std::int64_t count) {
    if (static_cast<std::uint64_t>(count) > bytes_.size() - position_)
      fail("the file is truncated");
    const auto bytes = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += bytes.size();
    return bytes;
  }

  [[noreturn]] void fail(const std::string& cause) const {
    throw FormatError(path_, cause, "", static_cast<std::int64_t>(position_));
  }

 private:
  const std::filesystem::path& path_;
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

void read_head(LegacyFile& file) {
  const Pickle magic = file.next_pickle();
  const std::string_view number = magic.root_value().text;
  if (magic.root_value().kind != ValueKind::kBigInt ||
      (number != kMagic && number != kMagicDigits)) {
    file.fail("is a pickle, but not one that torch.save wrote");
  }
  const Pickle protocol = file.next_pickle();
  if (protocol.root_value().kind != ValueKind::kInt || protocol.root_value().integer != kProtocol) {
    file.fail("has an unknown version of PyTorch's legacy format");
  }
  const Pickle system = file.next_pickle();
  const Value& facts = system.root_value();
  for (std::size_t i = 0; i + 1 < facts.items.size(); i += 2) {
    const Value& value = system.values[facts.items[i + 1]];
    if (system.values[facts.items[i]].text == "little_endian" && value.kind == ValueKind::kBool &&
        value.integer == 0) {
      file.fail("holds big-endian data; only little-endian is supported");
    }
  }
}

Blocks expected_blocks(const LegacyFile& file, const Pickle& object) {
  Blocks blocks;
  for (const PickledStorage& storage : object.storages) {
    const auto [place, added] =
        blocks.emplace(storage.key, Block{storage.elements, storage.type.element_size, {}, false});
    const Block& block = place->second;
    if (!added &&
        (block.elements != storage.elements || block.element_size != storage.type.element_size)) {
      file.fail(
          fmt::format("has two different descriptions of storage '{}'", excerpt(storage.key)));
    }
  }
  return blocks;
}

void find_blocks(LegacyFile& file, Blocks& blocks) {
  const Pickle keys = file.next_pickle();
  if (keys.root_value().kind != ValueKind::kList) file.fail("has no list of storages");
  for (const ValueRef ref : keys.root_value().items) {
    const std::string_view key = keys.values[ref].text;
    const auto place = blocks.find(key);
    if (keys.values[ref].kind != ValueKind::kString || place == blocks.end()) {
      file.fail(
          fmt::format("lists storage '{}', which its pickle does not describe", excerpt(key)));
    }
    Block& block = place->second;
    if (block.found) file.fail(fmt::format("lists storage '{}' twice", excerpt(key)));
    std::int64_t count = 0;
    const std::span<const std::byte> number = file.next_bytes(kCountSize);
    for (std::size_t i = kCountSize; i-- > 0;) {
      count = static_cast<std::int64_t>(static_cast<std::uint64_t>(count) << 8 |
                                        std::to_integer<std::uint64_t>(number[i]));
    }
    if (count != block.elements) {
      file.fail(fmt::format("storage '{}' has {} elements instead of {}", excerpt(key), count,
                            block.elements));
    }
    const auto size = checked_multiply(count, static_cast<std::int64_t>(block.element_size));
    if (!size) file.fail(fmt::format("storage '{}' is too large", excerpt(key)));
    block.bytes = file.next_bytes(*size);
    block.found = true;
  }
}

}  // namespace

Checkpoint read_torch_legacy(const std::filesystem::path& path, FileBytes file) {
  LegacyFile reader(path, file.bytes);
  read_head(reader);
  const Pickle object = reader.next_pickle();
  Blocks blocks = expected_blocks(reader, object);
  find_blocks(reader, blocks);

  const StorageReader read_storage = [&](const PickledStorage& storage, const std::string& tensor) {
    const Block& block = blocks.at(storage.key);
    if (!block.found) {
      throw FormatError(path, fmt::format("its storage '{}' is missing", excerpt(storage.key)),
                        excerpt(tensor));
    }
    return block.bytes;
  };
  std::vector<TensorView> tensors = read_state_dict(path, object, read_storage);
  return Checkpoint(path, "PyTorch legacy", std::move(tensors), {}, std::move(file.owner));
}

}  // namespace gfnet::checkpoint
