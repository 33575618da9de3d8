#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/torch/pickle_reader.h"
#include "checkpoint/torch/torch_reader.h"
#include "checkpoint/torch/unpickler.h"
#include "checkpoint/torch/zip_archive.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::string_view kPickleName = "data.pkl";

/// Longest name of the archive's folder in bytes. torch.save takes it from the file's name.
constexpr std::size_t kMaxPrefix = 512;

/// What a zip archive without a file data.pkl, or with more than that, is: text for a message.
std::string describe(const ZipArchive::Entries& entries) {
  const auto any = [&](const auto& matches) {
    return std::ranges::any_of(entries, [&](const auto& entry) { return matches(entry.first); });
  };
  const auto holds = [&](std::string_view name) {
    return any([&](std::string_view each) {
      return each == name || (each.ends_with(name) && each[each.size() - name.size() - 1] == '/');
    });
  };
  const auto ends = [&](std::string_view end) {
    return any([&](std::string_view each) { return each.ends_with(end); });
  };
  if (holds("constants.pkl") || any([](std::string_view each) {
        return each.starts_with("code/") || each.find("/code/") != std::string_view::npos;
      })) {
    return "is a TorchScript archive (torch.jit.save); save the model's state_dict() with "
           "torch.save";
  }
  if (holds(".data/extern_modules")) {
    return "is a package of torch.package; save the model's state_dict() with torch.save";
  }
  if (holds("serialized_exported_program.json") || holds("archive_format") ||
      holds("models/model.json")) {
    return "is a program of torch.export; save the model's state_dict() with torch.save";
  }
  if (holds("model.weights.h5")) return "is a Keras model, not a PyTorch or safetensors file";
  if (any([](std::string_view each) {
        return each.ends_with(".pth") || each.ends_with(".pt") || each.ends_with(".safetensors");
      })) {
    return "is a zip archive with a model file in it; unpack it first";
  }
  if (ends(".npy")) {
    return "is an archive of NumPy arrays (.npz), without a PyTorch checkpoint in it";
  }
  return "";
}

/// Finds the folder in the archive that contains the file data.pkl. Returns the folder's name with
/// a slash, "PREFIX/".
std::string find_prefix(const std::filesystem::path& path, const ZipArchive& archive) {
  if (std::string what = describe(archive.entries()); what.starts_with("is a TorchScript")) {
    throw FormatError(path, what);
  }
  std::optional<std::string> prefix;
  for (const auto& [name, entry] : archive.entries()) {
    if (!name.ends_with(kPickleName) || name.size() > kMaxPrefix) continue;
    const std::string folder = name.substr(0, name.size() - kPickleName.size());
    if (!folder.empty() && folder.find('/') != folder.size() - 1) continue;
    if (prefix) throw FormatError(path, "holds more than one data.pkl");
    prefix = folder;
  }
  if (prefix) return *prefix;
  const std::string what = describe(archive.entries());
  throw FormatError(path,
                    what.empty() ? "is a zip archive without a PyTorch checkpoint in it" : what);
}

void check_byte_order(const std::filesystem::path& path, ZipArchive& archive,
                      const std::string& prefix) {
  const auto order = archive.read(prefix + "byteorder");
  if (!order) return;
  const std::string_view text(reinterpret_cast<const char*>(order->data()), order->size());
  if (text == "little") return;
  if (text == "big") throw FormatError(path, "big-endian data; only little-endian is supported");
  throw FormatError(path, fmt::format("has the unknown byte order '{}'", excerpt(text)));
}

class ZipStorages : public StorageReader {
 public:
  ZipStorages(std::filesystem::path path, std::shared_ptr<ZipArchive> archive, std::string prefix)
      : path_(std::move(path)), archive_(std::move(archive)), prefix_(std::move(prefix)) {}

  std::span<const std::byte> bytes(const PickledStorage& storage,
                                   const std::string& tensor) override {
    const auto bytes = archive_->read(fmt::format("{}data/{}", prefix_, storage.key));
    if (!bytes) {
      throw FormatError(path_, fmt::format("its storage '{}' is missing", excerpt(storage.key)),
                        excerpt(tensor));
    }
    const auto width = static_cast<std::int64_t>(storage.type.element_size);
    const auto size = checked_multiply(storage.elements, width);
    if (!size || static_cast<std::uint64_t>(*size) != bytes->size()) {
      throw FormatError(path_,
                        fmt::format("its storage '{}' has {} bytes instead of {} x {}",
                                    excerpt(storage.key), bytes->size(), storage.elements, width),
                        excerpt(tensor));
    }
    return *bytes;
  }

  std::uint64_t stored_bytes() const override { return archive_->stored_bytes(); }

  /// Keeps the archive: it holds the file's bytes and the inflated bytes.
  std::shared_ptr<const void> close() override {
    archive_->close();
    return archive_->owns_bytes() ? archive_ : nullptr;
  }

 private:
  std::filesystem::path path_;
  std::shared_ptr<ZipArchive> archive_;
  std::string prefix_;
};

}  // namespace

CheckpointFile open_torch_zip(std::shared_ptr<FileBytes> file) {
  const std::filesystem::path path = file->path();
  const auto archive = std::make_shared<ZipArchive>(std::move(file));
  const std::string prefix = find_prefix(path, *archive);
  check_byte_order(path, *archive, prefix);
  const std::span<const std::byte> stream = *archive->read(prefix + std::string(kPickleName));
  Pickle pickle = Unpickler(path, stream, archive->offset_of(stream)).read();
  return read_pickle(path, "PyTorch zip", std::move(pickle),
                     std::make_unique<ZipStorages>(path, archive, prefix));
}

}  // namespace gfnet::checkpoint
