#include <fmt/format.h>

#include <cstring>

#include "image/formats/decoders.h"

// Source: ITU-T T.81, table B.1.
namespace gfnet::image {
namespace {

/// Calls visit(marker, offset of its segment's content) for each marker of a JPEG file until visit
/// returns true. Returns whether it did.
template <typename Visit>
bool find_jpeg_marker(Bytes file, const Visit& visit) {
  std::size_t position = 2;  // after the start-of-image marker
  while (position + 1 < file.size()) {
    const void* found = std::memchr(file.data() + position, 0xFF, file.size() - 1 - position);
    if (found == nullptr) return false;
    position = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - file.data()) + 1;
    const std::uint8_t marker = file[position];
    if (marker == 0xFF) continue;  // fill byte: the marker follows
    ++position;
    if (visit(marker, position + 2)) return true;
    // Stuffed zeros, TEM, restart markers and a repeated start marker stand alone. All others have
    // a length.
    if (marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    if (position + 2 > file.size()) return false;
    position += read_big(file, position, 2);
  }
  return false;
}

/// Names the kinds of JPEG that the decoder does not read. can_lossless, can_arithmetic: what it
/// can. Returns whether the file is lossless. Throws DecodeFailure.
bool check_jpeg_kind(Bytes file, bool can_lossless, bool can_arithmetic) {
  bool is_lossless = false;
  find_jpeg_marker(file, [&](std::uint8_t marker, std::size_t content) {
    const bool is_frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (marker == 0xF7) throw DecodeFailure{"JPEG-LS is not supported"};
    if (!is_frame || content >= file.size()) return marker == 0xDA || marker == 0xD9;
    is_lossless = (marker & 3) == 3;
    const bool is_hierarchical = (marker & 7) >= 5;
    const bool is_arithmetic = marker > 0xC8;
    const int bits = file[content];
    if (is_hierarchical) throw DecodeFailure{"hierarchical JPEG is not supported"};
    if (is_lossless && !can_lossless) throw DecodeFailure{"lossless JPEG is not supported"};
    if (is_arithmetic && !can_arithmetic) {
      throw DecodeFailure{"JPEG with arithmetic coding is not supported"};
    }
    if (bits != 8) {
      throw DecodeFailure{fmt::format("{}-bit JPEG is not supported", bits)};
    }
    return true;
  });
  return is_lossless;
}

}  // namespace

Image decode_jpeg(Bytes file, const DecodeOptions& options) {
  // Checked first: stb_image silently replaces missing data by grey. Some builds of libjpeg do so
  // for progressive files.
  if (!find_jpeg_marker(file, [](std::uint8_t marker, std::size_t) { return marker == 0xD9; })) {
    throw DecodeFailure{"truncated JPEG: no end-of-image marker"};
  }
#ifdef GFNET_WITH_LIBJPEG
  if (!options.prefer_stb) {
    DecodeOptions kind_options = options;
    // libjpeg leaves out no part of these.
    if (check_jpeg_kind(file, libjpeg_reads_lossless(), true)) kind_options.region = nullptr;
    return decode_with_libjpeg(file, kind_options);
  }
#endif
  check_jpeg_kind(file, false, false);
  return decode_with_stb(file, "JPEG", options);
}

}  // namespace gfnet::image
