#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace gfnet::checkpoint {

/// Longest name of an entry, in bytes. Entries with longer names are not listed. A limit is needed
/// because a hostile file may use one long name for very many entries.
inline constexpr std::size_t kMaxEntryName = 512;

/// One entry of a dictionary in a checkpoint file. object: its number for ObjectReader.
struct Entry {
  std::string_view name;
  std::size_t object = 0;
};

/// A dictionary in a checkpoint file: the file's object itself, or a dictionary inside of it.
struct Dictionary {
  /// The dictionary that holds this one, as an index into CheckpointFile::dictionaries(), and the
  /// key under which it does. The first dictionary is the file's object and has no parent.
  std::size_t parent = 0;
  std::string_view key;
  /// The entries in the file's order. Entries with a string as key have this string as name, and no
  /// two of them have the same. Other entries are no tensors; their names are made of their keys.
  std::vector<Entry> entries;
  /// Whether a tensor is among the entries.
  bool has_tensor = false;
  /// What the key of a tensor is that is not listed because its key is no string, such as
  /// "integer". Empty if there is no such tensor.
  std::string other_key = {};
};

/// Reads the objects of one open file.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  /// What an object is, as text for a message or a listing: "f32 8×16", "sparse tensor", "integer".
  virtual std::string kind(std::size_t object) const = 0;
  /// Whether an object is meant as a tensor, even if it is one that cannot be read.
  virtual bool is_tensor(std::size_t object) const = 0;
  /// Whether an object is a tensor of integers or booleans with at most one element.
  virtual bool is_counter(std::size_t object) const = 0;
  /// The tensor, with the given name. Throws FormatError if the object is no tensor or cannot be
  /// read.
  virtual TensorView tensor(std::size_t object, const std::string& name) = 0;
  /// Number of bytes that the file holds, unpacked.
  virtual std::uint64_t stored_bytes() const = 0;
  /// Closes the file. Returns what keeps the bytes of all tensors alive; null if the caller of
  /// open_checkpoint() does.
  virtual std::shared_ptr<const void> close() = 0;
};

/// An open checkpoint file: the dictionaries in it, and what else it holds.
class CheckpointFile {
 public:
  /// root_kind: what the file's object is, with an article, such as "a list".
  CheckpointFile(std::filesystem::path path, std::string format,
                 std::vector<Dictionary> dictionaries, std::string root_kind,
                 std::map<std::string, std::string> metadata, std::unique_ptr<ObjectReader> reader);

  const std::filesystem::path& path() const { return path_; }
  const std::string& format() const { return format_; }
  /// The file's object, the dictionaries in it, and the dictionaries in those. Empty if the file's
  /// object is no dictionary. A dictionary that occurs in several places is listed once.
  const std::vector<Dictionary>& dictionaries() const { return dictionaries_; }
  const std::string& root_kind() const { return root_kind_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const ObjectReader& objects() const { return *reader_; }
  ObjectReader& objects() { return *reader_; }

  /// The keys that lead to a dictionary, joined by dots: "state.model". Empty for the first one.
  std::string key_of(std::size_t dictionary) const;

  /// An entry to read, and the name that its tensor gets.
  struct Wanted {
    std::size_t object = 0;
    std::string name;
  };
  /// Reads the tensors and closes the file, so call it only once. An entry that cannot be read as a
  /// tensor becomes one of Checkpoint::unreadable(). Throws FormatError if the tensors have many
  /// more elements than the file has bytes, as tensors that repeat their elements may.
  Checkpoint read(const std::vector<Wanted>& wanted);

 private:
  std::filesystem::path path_;
  std::string format_;
  std::vector<Dictionary> dictionaries_;
  std::string root_kind_;
  std::map<std::string, std::string> metadata_;
  std::unique_ptr<ObjectReader> reader_;
};

/// Opens a PyTorch file (zip or legacy), a safetensors file, or the index of a model that is
/// divided into several safetensors files (shards). path may also be the folder of such an index.
/// The format is detected from the content, never from the file name. Runs no code from the file.
/// Throws FormatError if the file is unreadable, truncated or hostile, or is something else; then
/// the error says what, if it is known.
CheckpointFile open_checkpoint(const std::filesystem::path& path);

/// Opens a PyTorch or safetensors file whose bytes are in memory. The bytes must outlive the
/// CheckpointFile. What CheckpointFile::read() returns has copied what it needs. name: the file's
/// name in messages. Throws FormatError as the other form does.
CheckpointFile open_checkpoint(std::span<const std::byte> bytes, const std::string& name);

}  // namespace gfnet::checkpoint
