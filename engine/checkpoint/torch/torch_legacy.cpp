#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/torch/object_kind.h"
#include "checkpoint/torch/pickle_reader.h"
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
/// object. offset and size, in bytes, are set later, when the reader finds the storage's data in
/// the file.
struct Block {
  std::int64_t elements = 0;
  std::size_t element_size = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool found = false;
};
using Blocks = std::unordered_map<std::string_view, Block>;

class LegacyFile {
 public:
  explicit LegacyFile(FileBytes& file) : file_(file) {}

  std::uint64_t position() const { return position_; }

  Pickle next_pickle() {
    Pickle pickle = Unpickler(file_, position_).read();
    position_ += pickle.size;
    return pickle;
  }

  std::int64_t next_number() {
    std::uint64_t number = 0;
    const std::uint64_t offset = position_;
    skip(kCountSize);
    const std::span<const std::byte> bytes = file_.read(offset, kCountSize);
    for (std::size_t i = kCountSize; i-- > 0;) {
      number = number << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    }
    return static_cast<std::int64_t>(number);
  }

  void skip(std::uint64_t count) {
    if (count > file_.size() - position_) fail("the file is truncated");
    position_ += count;
  }

  [[noreturn]] void fail(const std::string& cause) const {
    throw FormatError(file_.path(), cause, "", static_cast<std::int64_t>(position_));
  }

 private:
  FileBytes& file_;
  std::uint64_t position_ = 0;
};

void read_head(LegacyFile& file) {
  const Pickle magic = file.next_pickle();
  const std::string_view number = magic.root_value().text;
  if (magic.root_value().kind != ValueKind::kBigInt ||
      (number != kMagic && number != kMagicDigits)) {
    file.fail(
        fmt::format("is a pickle, but not one that torch.save wrote: pickle.dump or another "
                    "program wrote {}; use torch.save",
                    kind_with_article(magic, magic.root_value())));
  }
  const Pickle protocol = file.next_pickle();
  if (protocol.root_value().kind != ValueKind::kInt || protocol.root_value().integer != kProtocol) {
    file.fail("has an unknown version of PyTorch's legacy format");
  }
  const Pickle system = file.next_pickle();
  const Pickle::Items& facts = system.items(system.root_value());
  for (std::size_t i = 0; i + 1 < facts.size(); i += 2) {
    const Value& value = system.values[facts[i + 1]];
    if (system.values[facts[i]].text == "little_endian" && value.kind == ValueKind::kBool &&
        value.integer == 0) {
      file.fail("holds big-endian data; only little-endian is supported");
    }
  }
}

Blocks expected_blocks(const LegacyFile& file, const Pickle& object) {
  Blocks blocks;
  for (const PickledStorage& storage : object.storages) {
    const auto [place, added] = blocks.emplace(
        storage.key, Block{storage.elements, storage.type.element_size, 0, 0, false});
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
  for (const ValueRef ref : keys.items(keys.root_value())) {
    const std::string_view key = keys.values[ref].text;
    const auto place = blocks.find(key);
    if (keys.values[ref].kind != ValueKind::kString || place == blocks.end()) {
      file.fail(
          fmt::format("lists storage '{}', which its pickle does not describe", excerpt(key)));
    }
    Block& block = place->second;
    if (block.found) file.fail(fmt::format("lists storage '{}' twice", excerpt(key)));
    const std::int64_t count = file.next_number();
    if (count != block.elements) {
      file.fail(fmt::format("storage '{}' has {} elements instead of {}", excerpt(key), count,
                            block.elements));
    }
    const auto size = checked_multiply(count, static_cast<std::int64_t>(block.element_size));
    if (!size) file.fail(fmt::format("storage '{}' is too large", excerpt(key)));
    block.offset = file.position();
    block.size = static_cast<std::uint64_t>(*size);
    file.skip(block.size);
    block.found = true;
  }
}

class LegacyStorages : public StorageReader {
 public:
  /// blocks: their keys are views of the file's bytes.
  LegacyStorages(std::shared_ptr<FileBytes> file, Blocks blocks)
      : file_(std::move(file)), blocks_(std::move(blocks)) {}

  std::span<const std::byte> bytes(const PickledStorage& storage,
                                   const std::string& tensor) override {
    const Block& block = blocks_.at(storage.key);
    if (!block.found) {
      throw FormatError(file_->path(),
                        fmt::format("its storage '{}' is missing", excerpt(storage.key)),
                        excerpt(tensor));
    }
    return file_->read(block.offset, block.size);
  }

  std::uint64_t stored_bytes() const override { return file_->size(); }

  std::shared_ptr<const void> close() override {
    file_->close();
    return file_->owns_bytes() ? file_ : nullptr;
  }

 private:
  std::shared_ptr<FileBytes> file_;
  Blocks blocks_;
};

}  // namespace

CheckpointFile open_torch_legacy(std::shared_ptr<FileBytes> file) {
  LegacyFile reader(*file);
  read_head(reader);
  Pickle object = reader.next_pickle();
  Blocks blocks = expected_blocks(reader, object);
  find_blocks(reader, blocks);
  const std::filesystem::path path = file->path();
  return read_pickle(path, "PyTorch legacy", std::move(object),
                     std::make_unique<LegacyStorages>(std::move(file), std::move(blocks)));
}

}  // namespace gfnet::checkpoint
