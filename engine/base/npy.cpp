#include "gfnet/npy.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include "base/half.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied byte by byte");

constexpr std::string_view kNpyMagic = "\x93NUMPY";
/// numpy's alignment of the data, in bytes.
constexpr std::size_t kAlignment = 64;
/// Longest header text that is accepted, in bytes. Real headers have about 100.
constexpr std::size_t kMaxHeader = std::size_t{1} << 20;

/// What the header of a .npy file states.
struct Description {
  std::string type;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses a header's Python dictionary literal. Throws the cause of failure as a std::string.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  Description parse() {
    Description result;
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr") {
        result.type = string();
        has_type = true;
      } else if (key == "fortran_order") {
        result.fortran_order = boolean();
        has_order = true;
      } else if (key == "shape") {
        result.shape = tuple();
        has_shape = true;
      } else {
        throw std::string("the header has an unknown key '" + key + "'");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!has_type || !has_order || !has_shape) {
      throw std::string("the header lacks descr, fortran_order or shape");
    }
    return result;
  }

 private:
  void skip_space() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }

  bool accept(char wanted) {
    skip_space();
    if (position_ == text_.size() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) throw std::string("the header is not a dictionary as numpy writes it");
  }

  std::string string() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote, position_);
    if (end == std::string_view::npos) throw std::string("the header has an unclosed string");
    const std::string result(text_.substr(position_, end - position_));
    position_ = end + 1;
    return result;
  }

  bool boolean() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(position_).starts_with(word)) {
        position_ += word.size();
        return word == "True";
      }
    }
    throw std::string("the header's fortran_order is neither True nor False");
  }

  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> result;
    expect('(');
    while (!accept(')')) {
      skip_space();
      std::int64_t extent = 0;
      const char* const begin = text_.data() + position_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), extent);
      if (error != std::errc() || extent < 0) throw std::string("the header's shape is malformed");
      position_ += static_cast<std::size_t>(end - begin);
      accept('L');  // suffix of Python 2's long
      result.push_back(extent);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return result;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

/// Reads `bytes` bytes into `data`. Throws FormatError if the file ends too early.
void read_exactly(std::istream& file, const std::filesystem::path& path, void* data,
                  std::size_t bytes) {
  file.read(static_cast<char*>(data), static_cast<std::streamsize>(bytes));
  if (static_cast<std::size_t>(file.gcount()) != bytes) {
    throw FormatError(path, "truncated .npy file");
  }
}

Description read_description(std::istream& file, const std::filesystem::path& path) {
  char start[8];
  read_exactly(file, path, start, sizeof start);
  if (std::string_view(start, kNpyMagic.size()) != kNpyMagic) throw FormatError(path, "not a .npy file");
  const int version = start[6];
  if (version < 1 || version > 3) {
    throw FormatError(path,
                      ".npy version " + std::to_string(version) + " is not supported (1 to 3 are)");
  }
  std::uint8_t length_bytes[4] = {};
  read_exactly(file, path, length_bytes, version == 1 ? 2 : 4);
  std::uint32_t length = 0;
  std::memcpy(&length, length_bytes, sizeof length);
  if (length > kMaxHeader) {
    throw FormatError(path, "the .npy header of " + std::to_string(length) + " bytes is too long");
  }
  std::string text(length, '\0');
  read_exactly(file, path, text.data(), text.size());
  try {
    return HeaderParser(text).parse();
  } catch (const std::string& cause) {
    throw FormatError(path, cause);
  }
}

/// Product of the extents times `size`; the largest uint64 if the product overflows.
std::uint64_t payload_bytes(const std::vector<std::int64_t>& shape, std::size_t size) {
  std::uint64_t product = size;
  bool overflow = false;
  for (std::int64_t extent : shape) {
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor == 0) return 0;
    overflow = overflow || product > std::numeric_limits<std::uint64_t>::max() / factor;
    product *= factor;
  }
  return overflow ? std::numeric_limits<std::uint64_t>::max() : product;
}

template <typename Stored, typename Convert>
std::vector<float> read_values(std::ifstream& file, const std::filesystem::path& path,
                               std::size_t count, Convert convert) {
  std::vector<float> values(count);
  if constexpr (std::is_same_v<Stored, float>) {
    read_exactly(file, path, values.data(), count * sizeof(float));
  } else {
    std::vector<Stored> piece;
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    for (std::size_t done = 0; done < count; done += piece.size()) {
      piece.resize(std::min(kPiece, count - done));
      read_exactly(file, path, piece.data(), piece.size() * sizeof(Stored));
      for (std::size_t i = 0; i < piece.size(); ++i) values[done + i] = convert(piece[i]);
    }
  }
  return values;
}

std::string make_header(const Shape& shape) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (std::int64_t extent : shape.dims()) text += std::to_string(extent) + ", ";
  // A Python tuple of one element needs its comma.
  if (shape.rank() > 1) text.resize(text.size() - 2);
  if (shape.rank() == 1) text.pop_back();
  return text + "), }";
}

/// Returns a whole .npy header: magic, version, length and text. The text is padded with spaces to
/// at least `room` characters.
std::string frame_header(std::string text, std::size_t room) {
  constexpr std::size_t kPrefix = 10;  // magic, version, length
  const std::size_t least = kPrefix + std::max(text.size(), room) + 1;
  const std::size_t total = (least + kAlignment - 1) / kAlignment * kAlignment;
  text.resize(total - kPrefix - 1, ' ');
  text += '\n';
  std::string framed(kNpyMagic);
  framed += '\x01';
  framed += '\0';
  framed += static_cast<char>(text.size() & 0xFFu);
  framed += static_cast<char>(text.size() >> 8);
  return framed + text;
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw FormatError(path, "no such file");
  if (std::filesystem::is_directory(path, error)) throw FormatError(path, "is a directory");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FormatError(path, std::string("cannot be opened: ") + std::strerror(errno));
  const std::uint64_t size = std::filesystem::file_size(path, error);
  if (error) throw FormatError(path, "not a regular file");
  if (size == 0) throw FormatError(path, "the file is empty");

  const Description description = read_description(file, path);
  const std::string& type = description.type;
  const std::size_t element = type == "<f8"   ? 8
                              : type == "<f4" ? 4
                              : type == "<f2" ? 2
                              : type == "|u1" ? 1
                                              : 0;
  if (element == 0) {
    throw FormatError(path,
                      "element type '" + type + "' is not supported (<f4, <f8, <f2 and |u1 are)");
  }
  if (description.fortran_order) throw FormatError(path, "Fortran order is not supported");

  NpyArray array{Shape(description.shape), {}};
  const std::uint64_t expected = payload_bytes(description.shape, element);
  const std::uint64_t present = size - static_cast<std::uint64_t>(file.tellg());
  if (expected != present) {
    throw FormatError(path, "shape " + array.shape.text() + " of '" + type + "' needs " +
                                std::to_string(expected) + " bytes, the file has " +
                                std::to_string(present));
  }
  const std::size_t count = static_cast<std::size_t>(expected / element);
  if (type == "<f4") {
    array.values = read_values<float>(file, path, count, [](float v) { return v; });
  } else if (type == "<f8") {
    array.values =
        read_values<double>(file, path, count, [](double v) { return static_cast<float>(v); });
  } else if (type == "<f2") {
    array.values = read_values<std::uint16_t>(file, path, count, half_to_float);
  } else {
    array.values = read_values<std::uint8_t>(file, path, count,
                                             [](std::uint8_t v) { return static_cast<float>(v); });
  }
  return array;
}

void write_npy(const std::filesystem::path& path, const Shape& shape,
               std::span<const float> values) {
  assert(static_cast<std::size_t>(shape.elements()) == values.size());
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::string header = frame_header(make_header(shape), 0);
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size_bytes()));
  file.close();
  if (!file) throw FormatError(path, std::string("cannot be written: ") + std::strerror(errno));
}

NpyWriter::NpyWriter(const std::filesystem::path& path, const Shape& row) : path_(path), row_(row) {
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::out | std::ios::trunc);
  write_header();
}

NpyWriter::NpyWriter(const std::filesystem::path& path, const Shape& row, std::int64_t rows)
    : path_(path), row_(row), rows_(rows) {
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::in | std::ios::out);
  if (!file_) throw FormatError(path, std::string("cannot be opened: ") + std::strerror(errno));
  const Description description = read_description(file_, path);
  const auto start = static_cast<std::uint64_t>(file_.tellg());
  std::vector<std::int64_t> dims = description.shape;
  if (dims.empty()) dims.push_back(0);
  dims.erase(dims.begin());
  if (description.type != "<f4" || description.fortran_order || Shape(dims) != row ||
      start != header().size()) {
    throw FormatError(path, "was not written by this program as rows of shape " + row.text());
  }
  const std::uint64_t size = std::filesystem::file_size(path);
  const std::uint64_t wanted = start + static_cast<std::uint64_t>(rows) * row_bytes();
  if (size < wanted) {
    throw FormatError(path, "has " + std::to_string((size - start) / row_bytes()) + " rows, not " +
                                std::to_string(rows));
  }
  std::error_code error;
  std::filesystem::resize_file(path, wanted, error);
  if (error) throw FormatError(path, "cannot be written: " + error.message());
  write_header();
}

NpyWriter::~NpyWriter() {
  try {
    close();
  } catch (const FormatError&) {
  }
}

void NpyWriter::append(std::span<const float> values) {
  assert(file_.is_open() && values.size_bytes() % row_bytes() == 0);
  errno = 0;
  file_.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size_bytes()));
  file_.flush();
  if (!file_) {
    // Cut off the part of a row that was written. If that fails, it is harmless: the header counts
    // whole rows only.
    const int cause = errno;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path_, ignored)) {
      std::filesystem::resize_file(
          path_, header().size() + static_cast<std::uint64_t>(rows_) * row_bytes(), ignored);
    }
    errno = cause;
    check();
  }
  rows_ += static_cast<std::int64_t>(values.size_bytes() / row_bytes());
  write_header();
}

void NpyWriter::close() {
  if (!file_.is_open()) return;
  errno = 0;
  file_.close();
  check();
}

void NpyWriter::check() const {
  if (!file_) throw FormatError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

/// Overwrites the header with the current number of rows and moves to the end of the file. The
/// header has the same length for any number of rows.
void NpyWriter::write_header() {
  check();
  errno = 0;
  const std::string text = header();
  file_.seekp(0);
  file_.write(text.data(), static_cast<std::streamsize>(text.size()));
  file_.seekp(0, std::ios::end);
  file_.flush();
  check();
}

std::string NpyWriter::header() const {
  std::vector<std::int64_t> dims{std::numeric_limits<std::int64_t>::max()};
  dims.insert(dims.end(), row_.dims().begin(), row_.dims().end());
  const std::size_t room = make_header(Shape(dims)).size();
  dims[0] = rows_;
  return frame_header(make_header(Shape(dims)), room);
}

std::uint64_t NpyWriter::row_bytes() const {
  return static_cast<std::uint64_t>(row_.elements()) * sizeof(float);
}

}  // namespace gfnet
