#include <zlib.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "image/formats/bytes.h"
#include "image/metadata/metadata.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxPngText = std::size_t{1} << 20;

/// Unpacks a zlib stream. Returns nothing if it is damaged or has more than kMaxPngText bytes. A
/// stream that ends early gives what it holds.
std::vector<std::uint8_t> inflate_text(Bytes packed) {
  std::vector<std::uint8_t> text(kMaxPngText + 1);
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(packed.data());  // zlib does not write to it
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = text.data();
  stream.avail_out = static_cast<uInt>(text.size());
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  const bool is_usable = status == Z_STREAM_END || status == Z_BUF_ERROR;
  if (!is_usable || stream.total_out > kMaxPngText) return {};
  text.resize(stream.total_out);
  return text;
}

/// The text of a text chunk, still packed or not.
struct PngText {
  std::string_view keyword;
  Bytes content;
  bool packed = false;
};

/// Cuts off the bytes up to and with the next zero byte, and returns those before it. Returns
/// nothing if there is no zero byte.
std::optional<Bytes> take_png_string(Bytes& bytes) {
  const auto end = std::ranges::find(bytes, std::uint8_t{0});
  if (end == bytes.end()) return std::nullopt;
  const auto length = static_cast<std::size_t>(end - bytes.begin());
  const Bytes string = bytes.first(length);
  bytes = bytes.subspan(length + 1);
  return string;
}

/// kind: tEXt, zTXt or iTXt. Returns nothing if the chunk has another form than its kind.
std::optional<PngText> parse_png_text(std::string_view kind, Bytes chunk) {
  const auto keyword = take_png_string(chunk);
  if (!keyword) return std::nullopt;
  PngText text{{reinterpret_cast<const char*>(keyword->data()), keyword->size()}, {}, false};
  if (kind == "zTXt") {
    if (chunk.empty() || chunk[0] != 0) return std::nullopt;  // the method: 0 is zlib
    text.packed = true;
    chunk = chunk.subspan(1);
  } else if (kind == "iTXt") {
    if (chunk.size() < 2) return std::nullopt;
    text.packed = chunk[0] != 0;
    if (text.packed && chunk[1] != 0) return std::nullopt;
    chunk = chunk.subspan(2);
    const bool has_language = take_png_string(chunk) && take_png_string(chunk);
    if (!has_language) return std::nullopt;
  }
  text.content = chunk;
  return text;
}

std::vector<std::uint8_t> unpacked(const PngText& text) {
  if (text.packed) return inflate_text(text.content);
  return {text.content.begin(), text.content.end()};
}

int hex_value(std::uint8_t character) {
  if (character >= '0' && character <= '9') return character - '0';
  const int letter = character | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// Decodes a raw profile as ImageMagick writes it: an empty line, a name, a length, and then lines
/// of hexadecimal digits. Returns nothing if another character comes among the digits.
std::vector<std::uint8_t> parse_raw_profile(Bytes text) {
  for (int line = 0; line < 3; ++line) {
    const auto end = std::ranges::find(text, std::uint8_t{'\n'});
    if (end == text.end()) return {};
    text = text.subspan(static_cast<std::size_t>(end - text.begin()) + 1);
  }
  std::vector<std::uint8_t> profile;
  int high = -1;
  for (const std::uint8_t character : text) {
    if (" \t\n\r\v\f"sv.find(static_cast<char>(character)) != std::string_view::npos) continue;
    const int digit = hex_value(character);
    if (digit < 0) return {};
    if (high < 0) {
      high = digit;
    } else {
      profile.push_back(static_cast<std::uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return profile;
}

}  // namespace

Metadata png_metadata(Bytes file) {
  std::optional<Bytes> exif;
  std::optional<PngText> profile;
  std::optional<PngText> xmp;
  bool animated = false;
  bool has_pixels = false;
  std::size_t position = 8;  // after the signature
  while (position + 12 <= file.size()) {
    const std::size_t length = read_big(file, position, 4);
    if (length > file.size() - position - 12) break;
    const std::string_view kind(reinterpret_cast<const char*>(file.data() + position + 4), 4);
    const Bytes chunk = file.subspan(position + 8, length);
    position += length + 12;
    if (kind == "acTL") animated = true;
    if (kind == "IDAT") has_pixels = true;
    if (kind == "IEND" || (kind == "fcTL" && animated && has_pixels)) break;  // the second frame
    if (kind == "eXIf") exif = chunk;
    if (kind != "tEXt" && kind != "zTXt" && kind != "iTXt") continue;
    const auto text = parse_png_text(kind, chunk);
    if (!text) continue;
    if (text->keyword == "Raw profile type exif") profile = text;
    if (text->keyword == "XML:com.adobe.xmp") xmp = text;
  }
  Metadata found;
  if (exif) {
    found.exif.assign(exif->begin(), exif->end());
  } else if (profile) {
    found.exif = parse_raw_profile(unpacked(*profile));
  }
  if (xmp) found.xmp = unpacked(*xmp);
  return found;
}

}  // namespace gfnet::image
