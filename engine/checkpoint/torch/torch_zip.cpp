#include <fmt/format.h>

#include <optional>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/state_dict.h"
#include "checkpoint/torch/torch_reader.h"
#include "checkpoint/torch/unpickler.h"
#include "checkpoint/torch/zip_archive.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::string_view kPickleName = "data.pkl";

/// Keeps the bytes that the tensor views refer to alive: the file's bytes and the inflated bytes.
struct OpenArchive {
  OpenArchive(const std::filesystem::path& path, FileBytes opened)
      : file(std::move(opened)), archive(path, file.bytes) {}

  FileBytes file;
  ZipArchive archive;
};

/// Finds the folder in the archive that contains the file data.pkl. Returns the folder's name with
/// a slash, "PREFIX/".
std::string find_prefix(const std::filesystem::path& path, const ZipArchive& archive) {
  std::optional<std::string> prefix;
  for (const auto& [name, entry] : archive.entries()) {
    if (!name.ends_with(kPickleName)) continue;
    const std::string folder = name.substr(0, name.size() - kPickleName.size());
    if (!folder.empty() && folder.find('/') != folder.size() - 1) continue;
    if (prefix) throw FormatError(path, "holds more than one data.pkl");
    prefix = folder;
  }
  if (!prefix) throw FormatError(path, "is a zip archive without a PyTorch checkpoint in it");
  return *prefix;
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

}  // namespace

Checkpoint read_torch_zip(const std::filesystem::path& path, FileBytes file) {
  auto open = std::make_shared<OpenArchive>(path, std::move(file));
  ZipArchive& archive = open->archive;
  const std::string prefix = find_prefix(path, archive);
  check_byte_order(path, archive, prefix);
  const std::span<const std::byte> stream = *archive.read(prefix + std::string(kPickleName));
  const Pickle pickle = Unpickler(path, stream, archive.offset_of(stream)).read();

  const StorageReader read_storage = [&](const PickledStorage& storage, const std::string& tensor) {
    const std::string key(storage.key);
    const auto bytes = archive.read(fmt::format("{}data/{}", prefix, key));
    if (!bytes) {
      throw FormatError(path, fmt::format("its storage '{}' is missing", excerpt(key)),
                        excerpt(tensor));
    }
    const auto width = static_cast<std::int64_t>(storage.type.element_size);
    const auto size = checked_multiply(storage.elements, width);
    if (!size || static_cast<std::uint64_t>(*size) != bytes->size()) {
      throw FormatError(path,
                        fmt::format("its storage '{}' has {} bytes instead of {} x {}",
                                    excerpt(key), bytes->size(), storage.elements, width),
                        excerpt(tensor));
    }
    return *bytes;
  };
  std::vector<TensorView> tensors = read_state_dict(path, pickle, read_storage);
  return Checkpoint(path, "PyTorch zip", std::move(tensors), {}, std::move(open));
}

}  // namespace gfnet::checkpoint
