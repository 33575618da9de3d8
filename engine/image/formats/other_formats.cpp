#include "image/formats/other_formats.h"

#include <algorithm>

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

/// A kind of file that holds `mark` at an offset.
struct MarkedFormat {
  std::size_t offset;
  std::string_view mark;
  std::string_view name;
};

constexpr MarkedFormat kMarkedFormats[] = {
    {4, "jP  \r\n\x87\n"sv, "a JPEG 2000 image"},
    {0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image"},
    {0, "II\xBC\x01"sv, "a JPEG XR image"},
    {0, "BPG\xFB"sv, "a BPG image"},
    {0, "FLIF"sv, "a FLIF image"},
    {0, "qoif"sv, "a QOI image"},
    {0, "DDS "sv, "a DDS texture"},
    {0, "v/1\x01"sv, "an OpenEXR image"},
    {0, "#?RADIANCE"sv, "a Radiance HDR image"},
    {0, "#?RGBE"sv, "a Radiance HDR image"},
    {128, "DICM"sv, "a DICOM image"},
    {0, "SIMPLE  ="sv, "a FITS image"},
    {0, "gimp xcf "sv, "a GIMP image (XCF)"},
    {0, "\x01\xDA"sv, "an SGI image"},
    {0, "\x59\xA6\x6A\x95"sv, "a Sun raster image"},
    {0, "/* XPM */"sv, "an X pixel map (XPM)"},
    {0, "\xB1\x68\xDE\x3A"sv, "a PCX image of several pages (DCX)"},
    {0, "BLP1"sv, "a BLP texture"},
    {0, "BLP2"sv, "a BLP texture"},
    {0, "FTEX"sv, "an FTEX texture"},
    {0, "\xABKTX "sv, "a KTX texture"},
    {0, "DanM"sv, "a Windows Paint image (MSP)"},
    {0, "LinS"sv, "a Windows Paint image (MSP)"},
    {0, "\x80\xE8\0\0"sv, "a PIXAR image"},
    {0, "Image type: "sv, "an IFUNC image (IM)"},
    {2048, "PCD_"sv, "a Photo CD image"},
    {20, "GIMP"sv, "a GIMP brush"},
    {20, "GPAT"sv, "a GIMP pattern"},
    {0, "\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    {0, "CDF\1"sv, "a netCDF file"},
    {0, "CDF\2"sv, "a netCDF file"},
    {0, "GRIB"sv, "weather data (GRIB)"},
    {0, "BUFR"sv, "weather data (BUFR)"},
    {0, "\0\0\1\0"sv, "an icon (ICO)"},
    {0, "icns"sv, "an icon (ICNS)"},
    {0, "\x8AMNG\r\n\x1A\n"sv, "an MNG animation"},
    {0, "\x8BJNG\r\n\x1A\n"sv, "a JNG image"},
    {0, "8BPB"sv, "a large Photoshop document (PSB)"},
    {0, "AT&TFORM"sv, "a DjVu document"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "%!PS"sv, "a PostScript document"},
    {0, "\xC5\xD0\xD3\xC6"sv, "a PostScript document (EPS)"},
    {0, "\xD7\xCD\xC6\x9A"sv, "a drawing (WMF)"},
    {40, " EMF"sv, "a drawing (EMF)"},
    {0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an Office document"},
    // Raw data of cameras.
    {8, "CR\x02\0"sv, "a camera's raw file (CR2)"},
    {4, "ftypcrx "sv, "a camera's raw file (CR3)"},
    {6, "HEAPCCDR"sv, "a camera's raw file (CRW)"},
    {0, "IIRO"sv, "a camera's raw file (ORF)"},
    {0, "IIRS"sv, "a camera's raw file (ORF)"},
    {0, "MMOR"sv, "a camera's raw file (ORF)"},
    {0, "IIU\0"sv, "a camera's raw file (RW2)"},
    {0, "FUJIFILMCCD-RAW"sv, "a camera's raw file (RAF)"},
    {0, "FOVb"sv, "a camera's raw file (X3F)"},
    {0, "\0MRM"sv, "a camera's raw file (MRW)"},
    // Videos and sound.
    {4, "ftypisom"sv, "a video (MP4)"},
    {4, "ftypiso"sv, "a video (MP4)"},
    {4, "ftypmp4"sv, "a video (MP4)"},
    {4, "ftypavc1"sv, "a video (MP4)"},
    {4, "ftypM4V"sv, "a video (MP4)"},
    {4, "ftypqt  "sv, "a video (QuickTime)"},
    {4, "ftyp3gp"sv, "a video (3GP)"},
    {4, "moov"sv, "a video (QuickTime)"},
    {0, "\x1A\x45\xDF\xA3"sv, "a video (Matroska or WebM)"},
    {8, "AVI LIST"sv, "a video (AVI)"},
    {8, "WAVEfmt "sv, "sound (WAVE)"},
    {0, "\0\0\1\xBA"sv, "a video (MPEG)"},
    {0, "\0\0\1\xB3"sv, "a video (MPEG)"},
    {0, "FLV\1"sv, "a video (FLV)"},
    {0, "OggS"sv, "a video or sound (Ogg)"},
    {0, "ID3"sv, "sound (MP3)"},
    // Archives and what comes in place of a file.
    {0, "PK\3\4"sv, "a zip archive"},
    {0, "Rar!\x1A\7"sv, "a RAR archive"},
    {0, "7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    {0, "\x1F\x8B"sv, "data packed by gzip"},
    {0, "\x28\xB5\x2F\xFD"sv, "data packed by zstd"},
    {0,
     "\xFD"
     "7zXZ\0"sv,
     "data packed by xz"},
    {0, "BZh"sv, "data packed by bzip2"},
    {257, "ustar"sv, "a tar archive"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer; fetch the file itself with: git lfs pull"},
};

/// Whether the text, in any case of its letters, begins the file at an offset. text: lower case.
bool holds_word(Bytes file, std::size_t offset, std::string_view text) {
  if (file.size() < offset + text.size()) return false;
  return std::ranges::equal(file.subspan(offset, text.size()), text, [](std::uint8_t a, char b) {
    const bool is_upper = a >= 'A' && a <= 'Z';
    return (is_upper ? a + 32 : a) == static_cast<unsigned char>(b);
  });
}

/// Whether a PCX image begins the file: its mark is one byte, so the fields behind it count, too.
bool is_pcx(Bytes file) {
  constexpr std::size_t kHeader = 128;
  if (file.size() < kHeader) return false;
  const int bits = file[3];
  const int planes = file[65];
  const bool is_version = file[1] <= 5 && file[1] != 1;
  return file[0] == 10 && is_version && file[2] <= 1 && planes >= 1 && planes <= 4 &&
         (bits == 1 || bits == 2 || bits == 4 || bits == 8);
}

/// Whether a mouse pointer begins the file. TGA may have the same first bytes, but not the offset
/// of an image, which begins with a header of 40 bytes or as a PNG.
bool is_cursor(Bytes file) {
  constexpr std::size_t kOffset = 18;
  if (!holds(file, 0, "\0\0\2\0"sv) || file.size() < kOffset + 4) return false;
  const std::size_t start = read_little(file, kOffset, 4);
  return holds(file, start, "\x28\0\0\0"sv) || holds(file, start, "\x89PNG"sv);
}

/// Whether an animation of Autodesk begins the file.
bool is_flic(Bytes file) {
  return (holds(file, 4, "\x11\xAF"sv) || holds(file, 4, "\x12\xAF"sv)) &&
         holds(file, 12, "\x08\0"sv);
}

/// Whether the content of a BMP file without the file's header begins the file: the size of one of
/// BMP's headers, one plane, and a usual number of bits.
bool is_bare_bitmap(Bytes file) {
  if (file.size() < 16) return false;
  constexpr std::uint32_t kSizes[] = {40, 52, 56, 64, 108, 124};
  constexpr std::uint32_t kBits[] = {1, 4, 8, 16, 24, 32};
  return std::ranges::find(kSizes, read_little(file, 0, 4)) != std::end(kSizes) &&
         read_little(file, 12, 2) == 1 &&
         std::ranges::find(kBits, read_little(file, 14, 2)) != std::end(kBits);
}

/// An X bitmap is a text of C that defines the image's size and its bits.
bool is_x_bitmap(Bytes file) {
  if (!holds(file, 0, "#define"sv) && !holds(file, 0, "\n#define"sv) && !holds(file, 0, "/*"sv)) {
    return false;
  }
  constexpr std::size_t kNear = 4096;
  const Bytes head = file.first(std::min(file.size(), kNear));
  constexpr std::string_view kParts[] = {"#define"sv, "_width"sv, "_height"sv, "_bits[]"sv};
  return std::ranges::all_of(
      kParts, [head](auto part) { return !std::ranges::search(head, part).empty(); });
}

/// Files whose mark is too short to tell them from others.
std::string_view weakly_marked_format(Bytes file) {
  if (is_pcx(file)) return "a PCX image";
  if (is_cursor(file)) return "a mouse pointer (CUR)";
  if (is_flic(file)) return "an Autodesk animation (FLI or FLC)";
  if (is_bare_bitmap(file)) return "a bitmap without the header of its file (DIB)";
  return is_x_bitmap(file) ? "an X bitmap (XBM)" : "";
}

/// SVG and HTML have no mark: a word of theirs comes near the start of a text.
std::string_view markup_format(Bytes file) {
  std::size_t start = holds(file, 0, "\xEF\xBB\xBF"sv) ? 3 : 0;
  while (start < file.size() && (file[start] <= ' ')) ++start;
  if (!holds(file, start, "<"sv)) return "";
  if (holds_word(file, start, "<!doctype html"sv) || holds_word(file, start, "<html"sv) ||
      holds_word(file, start, "<head"sv) || holds_word(file, start, "<body"sv)) {
    return "a page of the web (HTML); the address may need a login, or is not the image's own";
  }
  constexpr std::size_t kNear = 4096;
  const Bytes head = file.first(std::min(file.size(), start + kNear));
  const auto found = std::ranges::search(head, "<svg"sv);
  return found.empty() ? "" : "an SVG drawing";
}

/// Raw files of many cameras have the form of TIFF, with a small image for a preview in front. DNG
/// has a tag of its own (50706); NEF, ARW and PEF call their first image a reduced one (254) and
/// have others below it (330).
bool is_raw_in_tiff(Bytes file) {
  const bool big_endian = holds(file, 0, "MM\0*"sv);
  if (!big_endian && !holds(file, 0, "II*\0"sv)) return false;
  const auto number = [&](std::size_t offset, std::size_t size) {
    return big_endian ? read_big(file, offset, size) : read_little(file, offset, size);
  };
  if (file.size() < 8) return false;
  const std::size_t directory = number(4, 4);
  if (directory > file.size() || file.size() - directory < 2) return false;
  const std::size_t entries = number(directory, 2);
  bool is_reduced = false;
  bool has_others = false;
  std::size_t entry = directory + 2;
  for (std::size_t i = 0; i < entries && file.size() - entry >= 12; ++i, entry += 12) {
    const std::uint32_t tag = number(entry, 2);
    if (tag == 50706) return true;
    if (tag == 254) is_reduced = number(entry + 8, 4) == 1;
    if (tag == 330) has_others = true;
  }
  return is_reduced && has_others;
}

}  // namespace

std::string_view other_format(Bytes file) {
  for (const MarkedFormat& format : kMarkedFormats) {
    if (holds(file, format.offset, format.mark)) return format.name;
  }
  if (is_raw_in_tiff(file)) return "a camera's raw file (DNG, NEF, ARW or PEF)";
  const std::string_view weak = weakly_marked_format(file);
  return weak.empty() ? markup_format(file) : weak;
}

}  // namespace gfnet::image
