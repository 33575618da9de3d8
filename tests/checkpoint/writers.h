#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Writers of checkpoint files, byte by byte: tests can also write files that no library writes.
namespace gfnet::test {

/// A file in the temporary directory, removed with the object.
class TempFile {
 public:
  explicit TempFile(std::string_view bytes);
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// number as width little-endian bytes.
std::string little(std::uint64_t number, int width);

/// The bytes of the numbers in memory order.
template <typename T>
std::string bytes_of(const std::vector<T>& numbers) {
  return std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T));
}

// Opcodes of pickle protocol 2. pickled*() push a value, global() a class or function.
inline constexpr std::string_view kProto2("\x80\x02", 2);
inline constexpr std::string_view kStop(".");
std::string pickled(std::string_view text);
std::string pickled(std::int64_t number);
std::string pickled_tuple(const std::vector<std::int64_t>& numbers);
std::string global(std::string_view module, std::string_view name);

/// A tensor and its storage, to be saved.
struct SavedTensor {
  std::string name;
  /// The bytes of the storage; its elements have element_size bytes each.
  std::string data;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
  std::string storage_type = "FloatStorage";
  std::int64_t element_size = 4;
};

/// A dense float tensor.
SavedTensor float_tensor(std::string name, const std::vector<float>& values,
                         std::vector<std::int64_t> shape);

/// Opcodes that push the tensor. key: names its storage. metadata: opcodes of one more argument, or "".
std::string pickled_tensor(const SavedTensor& tensor, std::string_view key,
                           std::string_view metadata = "");
/// Opcodes that push {name: tensor}; storage keys are "0", "1", ….
std::string pickled_state_dict(const std::vector<SavedTensor>& tensors);
/// Opcodes that push {key: value}. value: opcodes.
std::string pickled_dict(std::string_view key, std::string_view value);

struct ZipEntry {
  std::string name;
  std::string data;
  bool deflate = false;
};
std::string zip_file(const std::vector<ZipEntry>& entries);

/// A checkpoint file in the zip form. object: opcodes without PROTO and STOP.
std::string torch_zip(std::string_view object, const std::vector<SavedTensor>& tensors,
                      bool deflate = false);
/// A checkpoint file in the legacy form.
std::string torch_legacy(std::string_view object, const std::vector<SavedTensor>& tensors);

std::string safetensors(std::string_view header, std::string_view data);

/// what() of the FormatError from reading the bytes as a checkpoint; "" if they can be read.
/// Checks that the message is one line that names the file, and that it is the same whether the
/// bytes are a file or in memory.
std::string read_error(std::string_view bytes);

}  // namespace gfnet::test
