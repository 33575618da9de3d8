#include "writers.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "gfnet/error.h"
#include "support/read_checkpoint.h"

namespace gfnet::test {
namespace {

constexpr std::string_view kMagicPickle("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
                                        15);

std::string deflated(std::string_view data) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TempFile::TempFile(std::string_view bytes) {
  static std::random_device device;
  static std::uint64_t counter = 0;
  path_ = std::filesystem::temp_directory_path() /
          ("gfnet-test-" + std::to_string(device()) + "-" + std::to_string(counter++));
  std::ofstream stream(path_, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  REQUIRE(stream.good());
}

TempFile::~TempFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::string little(std::uint64_t number, int width) {
  std::string out;
  for (int i = 0; i < width; ++i) out += static_cast<char>(number >> (8 * i) & 0xFFu);
  return out;
}

std::string pickled(std::string_view text) {
  return "X" + little(text.size(), 4) + std::string(text);
}

std::string pickled(std::int64_t number) {
  return "\x8a\x08" + little(static_cast<std::uint64_t>(number), 8);
}

std::string pickled_tuple(const std::vector<std::int64_t>& numbers) {
  std::string out = "(";
  for (const std::int64_t number : numbers) out += pickled(number);
  return out + "t";
}

std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

SavedTensor float_tensor(std::string name, const std::vector<float>& values,
                         std::vector<std::int64_t> shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return {std::move(name), bytes_of(values), std::move(shape), std::move(strides)};
}

std::string pickled_tensor(const SavedTensor& tensor, std::string_view key,
                           std::string_view metadata) {
  const auto elements = static_cast<std::int64_t>(tensor.data.size()) / tensor.element_size;
  return global("torch._utils", "_rebuild_tensor_v2") + "((" + pickled("storage") +
         global("torch", tensor.storage_type) + pickled(key) + pickled("cpu") + pickled(elements) +
         "NtQ" + pickled(tensor.offset) + pickled_tuple(tensor.shape) +
         pickled_tuple(tensor.strides) + "\x89" + global("collections", "OrderedDict") + ")R" +
         std::string(metadata) + "tR";
}

std::string pickled_state_dict(const std::vector<SavedTensor>& tensors) {
  std::string out = global("collections", "OrderedDict") + ")R(";
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    out += pickled(tensors[i].name) + pickled_tensor(tensors[i], std::to_string(i));
  }
  return out + "u";
}

std::string pickled_dict(std::string_view key, std::string_view value) {
  return "}" + pickled(key) + std::string(value) + "s";
}

std::string zip_file(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string packed = entry.deflate ? deflated(entry.data) : entry.data;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(entry.data.data()),
                           static_cast<uInt>(entry.data.size()));
    const std::string common = little(entry.deflate ? 8 : 0, 2) + little(0, 4) + little(crc, 4) +
                               little(packed.size(), 4) + little(entry.data.size(), 4) +
                               little(entry.name.size(), 2);
    directory += little(0x02014B50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + common +
                 little(0, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                 little(out.size(), 4) + entry.name;
    out += little(0x04034B50, 4) + little(20, 2) + little(0, 2) + common + little(0, 2) +
           entry.name + packed;
  }
  return out + directory + little(0x06054B50, 4) + little(0, 4) + little(entries.size(), 2) +
         little(entries.size(), 2) + little(directory.size(), 4) + little(out.size(), 4) +
         little(0, 2);
}

std::string torch_zip(std::string_view object, const std::vector<SavedTensor>& tensors,
                      bool deflate) {
  std::vector<ZipEntry> entries = {
      {"m/data.pkl", std::string(kProto2) + std::string(object) + std::string(kStop), deflate}};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    entries.push_back({"m/data/" + std::to_string(i), tensors[i].data, deflate});
  }
  entries.push_back({"m/version", "3\n", deflate});
  return zip_file(entries);
}

std::string torch_legacy(std::string_view object, const std::vector<SavedTensor>& tensors) {
  std::string out(kMagicPickle);
  out += std::string(kProto2) + pickled(std::int64_t{1001}) + ".";
  out += std::string(kProto2) + pickled_dict("little_endian", "\x88") + ".";
  out += std::string(kProto2) + std::string(object) + ".";
  out += std::string(kProto2) + "](";
  for (std::size_t i = 0; i < tensors.size(); ++i) out += pickled(std::to_string(i));
  out += "e.";
  for (const SavedTensor& tensor : tensors) {
    const auto elements = tensor.data.size() / static_cast<std::size_t>(tensor.element_size);
    out += little(elements, 8) + tensor.data;
  }
  return out;
}

std::string safetensors(std::string_view header, std::string_view data) {
  return little(header.size(), 8) + std::string(header) + std::string(data);
}

std::string read_error(std::string_view bytes) {
  const TempFile file(bytes);
  std::string in_memory;
  try {
    read_checkpoint(std::as_bytes(std::span(bytes)), file.path().string());
  } catch (const FormatError& error) {
    in_memory = error.what();
  }
  try {
    read_checkpoint(file.path());
    CHECK(in_memory == "");
    return "";
  } catch (const FormatError& error) {
    const std::string message = error.what();
    CHECK(message == in_memory);
    CHECK(message.starts_with(file.path().string() + ": "));
    CHECK(message.size() < file.path().string().size() + 600);
    CHECK(std::none_of(message.begin(), message.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
    return message;
  }
}

}  // namespace gfnet::test
