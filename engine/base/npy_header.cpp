#include "base/npy_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

#include "gfnet/error.h"

namespace gfnet::npy {
namespace {

constexpr std::string_view kNpyMagic = "\x93NUMPY";
/// In a .npy file, numpy starts the data at a multiple of this many bytes.
constexpr std::size_t kAlignment = 64;
/// Longest header text that is accepted, in bytes. Real headers have about 100.
constexpr std::size_t kMaxHeader = std::size_t{1} << 20;

/// The most extents that an array of numpy has. Their header fits the 16 bits of its length.
constexpr std::size_t kMostExtents = 64;

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
        throw fmt::format("the header has an unknown key '{}'", key);
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

}  // namespace

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
  if (std::string_view(start, kNpyMagic.size()) != kNpyMagic)
    throw FormatError(path, "not a .npy file");
  const int version = start[6];
  if (version < 1 || version > 3) {
    throw FormatError(path, fmt::format(".npy version {} is not supported (1 to 3 are)", version));
  }
  std::uint8_t length_bytes[4] = {};
  read_exactly(file, path, length_bytes, version == 1 ? 2 : 4);
  std::uint32_t length = 0;
  std::memcpy(&length, length_bytes, sizeof length);
  if (length > kMaxHeader) {
    throw FormatError(path, fmt::format("the .npy header of {} bytes is too long", length));
  }
  std::string text(length, '\0');
  read_exactly(file, path, text.data(), text.size());
  try {
    return HeaderParser(text).parse();
  } catch (const std::string& cause) {
    throw FormatError(path, cause);
  }
}

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

void check_extents(const Shape& shape, std::size_t leading) {
  if (shape.rank() + leading > kMostExtents) {
    throw ArgumentError(fmt::format("an array with {} extents; numpy reads at most {}",
                                    shape.rank() + leading, kMostExtents));
  }
  if (std::ranges::all_of(shape.dims(), [](std::int64_t extent) { return extent >= 0; })) return;
  throw ArgumentError(fmt::format("shape {} has a negative extent", shape.text()));
}

std::string make_header(const Shape& shape) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (std::int64_t extent : shape.dims()) text += fmt::format("{}, ", extent);
  // A Python tuple of one element needs its comma.
  if (shape.rank() > 1) text.resize(text.size() - 2);
  if (shape.rank() == 1) text.pop_back();
  return text + "), }";
}

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

}  // namespace gfnet::npy
