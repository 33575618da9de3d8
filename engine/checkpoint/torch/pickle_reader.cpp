#include "checkpoint/torch/pickle_reader.h"

#include <fmt/format.h>

#include <deque>
#include <string>
#include <unordered_map>

#include "base/log.h"
#include "base/utf8.h"
#include "checkpoint/torch/key_text.h"
#include "checkpoint/torch/object_kind.h"
#include "system/paths.h"

namespace gfnet::checkpoint {
namespace {

/// How many dictionaries, one inside the other, are listed below the file's object.
constexpr int kMaxDepth = 2;
/// How many entries with keys that are no strings are listed. Such keys need memory of their own,
/// and the state of an optimizer may have one for each tensor.
constexpr std::size_t kMostOtherKeys = 4096;

/// Lists the dictionaries of a pickle. Time and memory are bounded by the number of items in the
/// pickle: each dictionary is listed once, even if it occurs in several places or inside itself.
class DictionaryFinder {
 public:
  /// texts: gets the names that are made of keys. They must outlive the dictionaries.
  DictionaryFinder(const Pickle& pickle, std::deque<std::string>& texts)
      : pickle_(pickle), texts_(texts), is_listed_(pickle.containers.size()) {}

  std::vector<Dictionary> find() {
    add(pickle_.root, 0, "");
    std::size_t first = 0;
    for (int depth = 0; depth < kMaxDepth; ++depth) {
      const std::size_t end = found_.size();
      for (; first < end; ++first) {
        // By index: add() makes the list longer.
        for (std::size_t i = 0; i < found_[first].entries.size(); ++i) {
          const Entry entry = found_[first].entries[i];
          add(static_cast<ValueRef>(entry.object), first, entry.name);
        }
      }
    }
    return std::move(found_);
  }

  /// Whether a dictionary is not listed because there are more than kMostOtherKeys other keys.
  bool has_left_out() const { return has_left_out_; }

 private:
  void add(ValueRef ref, std::size_t parent, std::string_view key) {
    const Value& value = pickle_.values[ref];
    if (value.kind != ValueKind::kDict) return;
    const auto container = static_cast<std::size_t>(value.integer);
    if (is_listed_[container]) return;
    is_listed_[container] = true;
    Dictionary dictionary{parent, key, {}, false};
    list_entries(pickle_.items(value), dictionary);
    if (found_.empty() || !dictionary.entries.empty() || !dictionary.other_key.empty()) {
      found_.push_back(std::move(dictionary));
    }
  }

  /// A name that occurs twice keeps its first position and its last value, as in Python.
  void list_entries(const Pickle::Items& items, Dictionary& dictionary) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const Value& key = pickle_.values[items[i]];
      if (key.kind != ValueKind::kString) {
        list_other(key, i / 2, items[i + 1], dictionary);
        continue;
      }
      if (key.text.size() > kMaxEntryName) continue;
      const auto [place, added] = places.emplace(key.text, dictionary.entries.size());
      if (added) dictionary.entries.push_back({key.text, 0});
      dictionary.entries[place->second].object = items[i + 1];
    }
    for (const Entry& entry : dictionary.entries) {
      if (is_tensor_like(pickle_.values[entry.object])) dictionary.has_tensor = true;
    }
  }

  /// Lists an entry whose key is no string. position: of the entry in the dictionary.
  void list_other(const Value& key, std::size_t position, ValueRef item, Dictionary& dictionary) {
    const Value& value = pickle_.values[item];
    if (is_tensor_like(value)) {
      if (dictionary.other_key.empty()) dictionary.other_key = excerpt(kind_of(pickle_, key));
    } else if (texts_.size() < kMostOtherKeys) {
      texts_.push_back(key_text(pickle_, key, position));
      dictionary.entries.push_back({texts_.back(), item});
    } else if (value.kind == ValueKind::kDict) {
      has_left_out_ = true;
    }
  }

  const Pickle& pickle_;
  std::deque<std::string>& texts_;
  /// For each container of the pickle.
  std::vector<bool> is_listed_;
  std::vector<Dictionary> found_;
  bool has_left_out_ = false;
};

class PickleReader : public ObjectReader {
 public:
  PickleReader(std::filesystem::path path, Pickle pickle, std::deque<std::string> names,
               std::unique_ptr<StorageReader> storages)
      : path_(std::move(path)),
        pickle_(std::move(pickle)),
        names_(std::move(names)),
        storages_(std::move(storages)) {}

  std::string kind(std::size_t object) const override {
    return kind_of(pickle_, pickle_.values[object]);
  }

  bool is_tensor(std::size_t object) const override {
    return is_tensor_like(pickle_.values[object]);
  }

  bool is_counter(std::size_t object) const override {
    const Value& value = pickle_.values[object];
    if (value.kind != ValueKind::kTensor) return false;
    const PickledTensor& tensor = pickle_.tensors[static_cast<std::size_t>(value.integer)];
    return tensor.dtype && !is_floating_point(*tensor.dtype) &&
           checked_elements(tensor.layout.shape).value_or(2) <= 1;
  }

  TensorView tensor(std::size_t object, const std::string& name) override {
    const Value& value = pickle_.values[object];
    if (value.kind != ValueKind::kTensor) {
      throw FormatError(path_, why_no_tensor(pickle_, value), excerpt(name));
    }
    const PickledTensor& tensor = pickle_.tensors[static_cast<std::size_t>(value.integer)];
    if (!tensor.dtype) {
      throw FormatError(path_, why_no_type(tensor.type_name), excerpt(name));
    }
    if (!tensor.fault.empty()) throw FormatError(path_, tensor.fault, excerpt(name));
    const PickledStorage& storage = pickle_.storages[tensor.storage];
    std::span<const std::byte> bytes = storages_->bytes(storage, name);
    // bytes() has verified that there are storage.elements elements, so the view lies inside.
    const std::size_t width = storage.type.element_size;
    bytes = bytes.subspan(static_cast<std::size_t>(storage.view_offset) * width,
                          static_cast<std::size_t>(storage.view_elements) * width);
    TensorLayout layout = tensor.layout;
    layout.dtype = *tensor.dtype;
    return make_view(path_, name, std::move(layout), bytes);
  }

  std::uint64_t stored_bytes() const override { return storages_->stored_bytes(); }
  std::shared_ptr<const void> close() override { return storages_->close(); }

 private:
  std::filesystem::path path_;
  Pickle pickle_;
  /// Names of entries that are made of keys. The list of dictionaries refers to them.
  std::deque<std::string> names_;
  std::unique_ptr<StorageReader> storages_;
};

}  // namespace

CheckpointFile read_pickle(const std::filesystem::path& path, const std::string& format,
                           Pickle pickle, std::unique_ptr<StorageReader> storages) {
  std::deque<std::string> names;
  DictionaryFinder finder(pickle, names);
  std::vector<Dictionary> dictionaries = finder.find();
  if (finder.has_left_out()) {
    log(LogLevel::kWarning,
        fmt::format("{}: more than {} keys are no strings; dictionaries under the others are not "
                    "searched for networks",
                    system::text_of(path), kMostOtherKeys));
  }
  std::string root = kind_with_article(pickle, pickle.root_value());
  return CheckpointFile(path, format, std::move(dictionaries), std::move(root), {},
                        std::make_unique<PickleReader>(path, std::move(pickle), std::move(names),
                                                       std::move(storages)));
}

}  // namespace gfnet::checkpoint
