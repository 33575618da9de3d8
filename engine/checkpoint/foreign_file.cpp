#include "checkpoint/foreign_file.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "gfnet/text.h"

namespace gfnet::checkpoint {
namespace {

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* what;
};

using namespace std::string_view_literals;

constexpr std::array kSignatures = {
    Signature{0, "version https://git-lfs.github.com/spec/"sv,
              "is a Git LFS pointer, not the file itself; 'git lfs pull' fetches it"},
    Signature{0, "/annex/objects/"sv,
              "is a git-annex pointer, not the file itself; 'git annex get' fetches it"},
    Signature{0, "\x1f\x8b"sv, "is compressed with gzip; unpack it first"},
    Signature{0,
              "\xfd"
              "7zXZ\0"sv,
              "is compressed with xz; unpack it first"},
    Signature{0, "BZh"sv, "is compressed with bzip2; unpack it first"},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "is compressed with zstd; unpack it first"},
    Signature{0, "\x04\x22\x4d\x18"sv, "is compressed with lz4; unpack it first"},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "is a 7z archive; unpack it first"},
    Signature{0, "Rar!\x1a\x07"sv, "is a RAR archive; unpack it first"},
    Signature{257, "ustar"sv,
              "is a tar archive; unpack it first, or save the state dict anew with torch.save"},
    Signature{0, "\x89HDF\r\n\x1a\n"sv,
              "is an HDF5 file, as Keras and TensorFlow write them, not a PyTorch or safetensors "
              "file"},
    Signature{4, "TFL3"sv, "is a TensorFlow Lite model, not a PyTorch or safetensors file"},
    Signature{0, "GGUF"sv, "is a GGUF file, not a PyTorch or safetensors file"},
    Signature{0, "ggml"sv, "is a GGML file, not a PyTorch or safetensors file"},
    Signature{0, "lmgg"sv, "is a GGML file, not a PyTorch or safetensors file"},
    Signature{0, "\x93NUMPY"sv,
              "is a NumPy array (.npy); save a state dict with torch.save or safetensors"},
    Signature{0, "%PDF-"sv, "is a PDF document, not a checkpoint"},
    Signature{0, "\x89PNG\r\n\x1a\n"sv, "is a PNG image, not a checkpoint"},
    Signature{0, "\xff\xd8\xff"sv, "is a JPEG image, not a checkpoint"},
    Signature{0,
              "\x7f"
              "ELF"sv,
              "is a program or library (ELF), not a checkpoint"},
    Signature{0, "MATLAB 5.0"sv, "is a MATLAB file, not a PyTorch or safetensors file"},
    Signature{0, "SQLite format 3"sv, "is an SQLite database, not a checkpoint"},
    Signature{0, "ARROW1"sv, "is an Arrow file, not a checkpoint"},
    Signature{0, "PAR1"sv, "is a Parquet file, not a checkpoint"},
};

/// Text without the byte order mark and white space at its start, in lower case.
std::string lower_start(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "";
  return lower_case(text.substr(start, 64));
}

/// Whether a file starts like a model in ONNX: a protobuf message whose first field is the version
/// of the format (onnx.proto3, ModelProto). TensorFlow's SavedModel starts with version 1.
const char* describe_protobuf(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x08') return nullptr;
  const auto version = static_cast<unsigned char>(text[1]);
  const auto next = static_cast<unsigned char>(text[2]);
  if (version == 1 && next == 0x12) {
    return "is a TensorFlow SavedModel, not a PyTorch or safetensors file";
  }
  const bool is_field = next == 0x12 || next == 0x1a || next == 0x22 || next == 0x28 ||
                        next == 0x32 || next == 0x3a || next == 0x42;
  if (version >= 1 && version <= 32 && is_field) {
    return "is an ONNX model; gfnet needs the PyTorch checkpoint or a safetensors file";
  }
  return nullptr;
}

}  // namespace

std::string describe_foreign_file(std::span<const std::byte> head, std::uint64_t file_size) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const Signature& each : kSignatures) {
    if (text.size() >= each.offset && text.substr(each.offset).starts_with(each.bytes)) {
      return each.what;
    }
  }
  const std::string start = lower_start(text);
  if (start.starts_with("<?xml") && start.find("<html") == std::string::npos) {
    return "is an XML text, not a checkpoint";
  }
  for (const char* tag : {"<!doctype", "<html", "<head", "<body", "<script", "<!--", "<?xml"}) {
    if (start.starts_with(tag)) {
      return "is a web page (HTML), not a checkpoint; the download may have needed a login or "
             "another address";
    }
  }
  if (start.starts_with("{") || start.starts_with("[")) {
    return "is a JSON text, not a checkpoint";
  }
  if (const char* const what = describe_protobuf(text)) return what;
  if (file_size >= 64 && std::ranges::all_of(text, [](char c) { return c == '\0'; })) {
    return "starts with zeros only; its download or copy is incomplete";
  }
  return "";
}

}  // namespace gfnet::checkpoint
