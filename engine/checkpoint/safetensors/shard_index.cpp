#include "checkpoint/safetensors/shard_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "base/utf8.h"
#include "checkpoint/safetensors/safetensors.h"
#include "gfnet/error.h"
#include "system/folder_entries.h"
#include "system/paths.h"

namespace gfnet::checkpoint {
namespace {

namespace fs = std::filesystem;

/// Largest index in bytes. An index has one line for each tensor.
constexpr std::uint64_t kMaxIndex = std::uint64_t{1} << 26;
/// Largest number of files that a model may be divided into.
constexpr std::size_t kMaxShards = 1000;
constexpr std::string_view kSuffix = ".safetensors.index.json";

/// Collects the pairs of "weight_map" without building a JSON document, so that a hostile index
/// cannot cause deep recursion. All other values are skipped.
class IndexHandler {
 public:
  using Json = nlohmann::json;

  /// Name of tensor: name of file.
  std::map<std::string, std::string, std::less<>> weight_map;
  bool has_map = false;
  /// What is wrong with the index; empty if nothing is.
  std::string fault;

  bool null() { return other(); }
  bool boolean(bool) { return other(); }
  bool number_integer(std::int64_t) { return other(); }
  bool number_unsigned(std::uint64_t) { return other(); }
  bool number_float(double, const std::string&) { return other(); }
  bool binary(Json::binary_t&) { return other(); }
  bool string(std::string& text) {
    if (!in_map_ || depth_ != 2) return true;
    if (!weight_map.emplace(key_, text).second) return fail("names a tensor twice", key_);
    return true;
  }
  bool key(std::string& text) {
    if (depth_ == 1 || in_map_) key_ = std::move(text);
    return true;
  }
  bool start_object(std::size_t) {
    if (in_map_) return other();
    if (depth_ == 1 && key_ == "weight_map") in_map_ = has_map = true;
    ++depth_;
    return true;
  }
  bool end_object() {
    if (--depth_ == 1) in_map_ = false;
    return true;
  }
  bool start_array(std::size_t) {
    if (in_map_) return other();
    ++depth_;
    return true;
  }
  bool end_array() {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) {
    return fail(fmt::format("is not valid JSON after {} bytes", position), "");
  }

 private:
  bool other() { return in_map_ ? fail("names no file for a tensor", key_) : true; }
  bool fail(const std::string& cause, const std::string& tensor) {
    fault = tensor.empty() ? cause : fmt::format("{} ('{}')", cause, excerpt(tensor));
    return false;
  }

  std::string key_;
  std::size_t depth_ = 0;
  bool in_map_ = false;
};

/// The tensors of all shards as one dictionary.
class ShardReader : public ObjectReader {
 public:
  struct Object {
    std::size_t shard;
    std::size_t object;
  };

  std::vector<CheckpointFile> shards;
  std::vector<Object> objects;

  std::string kind(std::size_t object) const override {
    return shards[objects[object].shard].objects().kind(objects[object].object);
  }
  bool is_tensor(std::size_t) const override { return true; }
  bool is_counter(std::size_t object) const override {
    return shards[objects[object].shard].objects().is_counter(objects[object].object);
  }
  TensorView tensor(std::size_t object, const std::string& name) override {
    return shards[objects[object].shard].objects().tensor(objects[object].object, name);
  }
  std::uint64_t stored_bytes() const override {
    std::uint64_t bytes = 0;
    for (const CheckpointFile& shard : shards) bytes += shard.objects().stored_bytes();
    return bytes;
  }
  std::shared_ptr<const void> close() override {
    const auto storages = std::make_shared<std::vector<std::shared_ptr<const void>>>();
    for (CheckpointFile& shard : shards) storages->push_back(shard.objects().close());
    return storages;
  }
};

IndexHandler read_index(const fs::path& path) {
  const std::shared_ptr<FileBytes> file = FileBytes::open(path);
  if (file->size() > kMaxIndex) {
    throw FormatError(path, fmt::format("is an index of more than {} MiB", kMaxIndex >> 20));
  }
  const std::span<const std::byte> bytes = file->read(0, file->size());
  IndexHandler handler;
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  nlohmann::json::sax_parse(text, text + bytes.size(), &handler);
  if (handler.fault.empty() && !handler.has_map) {
    throw FormatError(path,
                      "is a JSON text, not a checkpoint, and not the index of one "
                      "(model.safetensors.index.json)");
  }
  if (!handler.fault.empty()) throw FormatError(path, "the index " + handler.fault);
  return handler;
}

/// Whether a name is that of a file in the same folder, not a path to another place.
bool is_file_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

CheckpointFile open_shard(const fs::path& index, const std::string& name) {
  const fs::path path = index.parent_path() / system::path_of(name);
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw FormatError(index, fmt::format("names the file '{}', which is missing", excerpt(name)));
  }
  const std::shared_ptr<FileBytes> file = FileBytes::open(path);
  if (!looks_like_safetensors(file->read(0, std::min<std::uint64_t>(file->size(), 1024)),
                              file->size())) {
    throw FormatError(path, fmt::format("is no safetensors file, as '{}' says it is",
                                        printable(system::text_of(index.filename()))));
  }
  return open_safetensors(file);
}

}  // namespace

bool looks_like_json(FileBytes& file) {
  const std::span<const std::byte> head = file.read(0, std::min<std::uint64_t>(file.size(), 1024));
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && text[start] == '{' &&
         !looks_like_safetensors(head, file.size());
}

std::filesystem::path index_in_folder(const std::filesystem::path& folder) {
  std::vector<fs::path> found;
  const std::error_code error = system::for_each_entry(folder, [&found](const auto& entry) {
    if (system::text_of(entry.path.filename()).ends_with(kSuffix)) found.push_back(entry.path);
  });
  if (error) throw FormatError(folder, "cannot read the directory: " + error.message());
  if (found.empty()) {
    throw FormatError(folder, fmt::format("is a directory, not a file, and holds no *{}", kSuffix));
  }
  if (found.size() > 1) {
    throw FormatError(folder, fmt::format("is a directory with {} files *{}; give one of them",
                                          found.size(), kSuffix));
  }
  return found.front();
}

CheckpointFile open_shards(const std::filesystem::path& index) {
  const IndexHandler handler = read_index(index);
  auto reader = std::make_unique<ShardReader>();
  std::map<std::string, std::size_t> shard_of;
  for (const auto& [tensor, file] : handler.weight_map) {
    if (!is_file_name(file)) {
      throw FormatError(
          index, fmt::format("names the file '{}', which is not a file beside it", excerpt(file)));
    }
    shard_of.emplace(file, 0);
    if (shard_of.size() > kMaxShards) {
      throw FormatError(index, fmt::format("names more than {} files", kMaxShards));
    }
  }
  Dictionary all;
  std::map<std::string, std::string> metadata;
  for (auto& [file, number] : shard_of) {
    number = reader->shards.size();
    reader->shards.push_back(open_shard(index, file));
    const CheckpointFile& shard = reader->shards.back();
    metadata.insert(shard.metadata().begin(), shard.metadata().end());
    for (const Entry& entry : shard.dictionaries().front().entries) {
      const auto place = handler.weight_map.find(entry.name);
      if (place == handler.weight_map.end() || place->second != file) {
        throw FormatError(
            shard.path(),
            fmt::format("is not in this file by the index '{}'; {}",
                        printable(system::text_of(index.filename())),
                        place == handler.weight_map.end()
                            ? "the index does not name it"
                            : fmt::format("it belongs into '{}'", excerpt(place->second))),
            excerpt(entry.name));
      }
      all.entries.push_back({entry.name, reader->objects.size()});
      reader->objects.push_back({number, entry.object});
    }
  }
  if (all.entries.size() != handler.weight_map.size()) {
    std::map<std::string_view, bool> present;
    for (const Entry& entry : all.entries) present.emplace(entry.name, true);
    for (const auto& [tensor, file] : handler.weight_map) {
      if (present.contains(tensor)) continue;
      throw FormatError(index, fmt::format("is missing in '{}'", excerpt(file)), excerpt(tensor));
    }
  }
  all.has_tensor = !all.entries.empty();
  return CheckpointFile(index, "safetensors, sharded", {std::move(all)},
                        "a dictionary without tensors", std::move(metadata), std::move(reader));
}

}  // namespace gfnet::checkpoint
