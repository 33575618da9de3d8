// No file below 1 MB takes more than 256 MB, or 2 s of one core. The table of docs/image-formats.md
// that says so is written with GFNET_WRITE_IMAGE_FORMATS=1 in the environment.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <array>
#include <functional>
#include <tuple>

#include "fixtures.h"
#include "gfnet/error.h"
#include "image/decode.h"
#include "image/image_libraries.h"
#include "support/sanitized.h"

namespace {

using namespace gfnet::test;
using namespace std::string_literals;
using namespace std::string_view_literals;
using gfnet::image::decode_image;

constexpr const char* kHead =
    "| format | file | bytes | pixels | memory, MB | time, s |\n"
    "| --- | --- | --- | --- | --- | --- |\n";

/// The time of one core, in seconds, that a small file may take. The table is only written on a
/// machine that keeps it.
constexpr double kMostSeconds = 2;
/// What a slower machine may take in place of 1 s. The test counts the time of the core, not of the
/// clock, but where other programs share the core's caches or its second thread, that grows too.
constexpr double kSlowMachine = 1.5;

/// A line of data/large/large.tsv.
struct LargeSample {
  std::string name;
  std::string format;
  std::string form;
  std::string library;  // that decodes it in these bounds; empty if every build does

  bool is_read() const {
    return library.empty() || std::ranges::any_of(gfnet::image::libraries(), [this](const auto& l) {
             return l.name.starts_with(library) && l.present;
           });
  }

  std::vector<std::uint8_t> content() const {
    const auto path = image_data_folder() / "large" / (name + ".gz");
    std::vector<std::uint8_t> bytes(std::size_t{1} << 20);
    const gzFile file = gzopen(path.c_str(), "rb");
    REQUIRE(file != nullptr);
    const int read = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    REQUIRE(read > 0);
    bytes.resize(static_cast<std::size_t>(read));
    return bytes;
  }
};

std::vector<LargeSample> large_samples() {
  std::ifstream file(image_data_folder() / "large" / "large.tsv");
  std::vector<LargeSample> samples;
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    LargeSample sample;
    for (std::string* column : {&sample.name, &sample.format, &sample.form, &sample.library}) {
      std::getline(columns, *column, '\t');
    }
    samples.push_back(sample);
  }
  return samples;
}

std::string cause_of(std::span<const std::uint8_t> file) {
  try {
    decode_image(file, "NAME");
  } catch (const gfnet::FormatError& error) {
    return error.cause();
  }
  return "";
}

/// What one decode takes. memory: of the whole process, in bytes; growth: without what it had
/// before.
struct Cost {
  bool decoded = false;
  double memory = 0;
  double growth = 0;
  double seconds = 0;
  std::uint32_t size[2] = {};
};

/// The memory of this process in bytes.
double resident_memory() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Decodes in a process of its own.
Cost cost_of(std::span<const std::uint8_t> file) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  const double before = resident_memory();
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Cost cost;
    try {
      const auto image = decode_image(file, "NAME");
      cost.size[0] = image.width;
      cost.size[1] = image.height;
    } catch (const gfnet::Error&) {
    }
    const bool written = write(ends[1], cost.size, sizeof cost.size) == sizeof cost.size;
    _exit(written && cost.size[0] > 0 ? 0 : 1);
  }
  close(ends[1]);
  Cost cost;
  int status = 0;
  rusage usage{};
  const bool is_told = read(ends[0], cost.size, sizeof cost.size) == sizeof cost.size;
  close(ends[0]);
  REQUIRE(wait4(child, &status, 0, &usage) == child);
  cost.decoded = is_told && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  cost.memory = 1024.0 * static_cast<double>(usage.ru_maxrss);
  cost.growth = cost.memory - before;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  cost.seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return cost;
}

TEST_CASE("a file below 1 MB takes at most 256 MB and 2 s") {
  const auto path = repository() / "docs" / "image-formats.md";
  const auto bytes = read_bytes(path);
  std::string text(bytes.begin(), bytes.end());
  REQUIRE(text.find(kHead) != std::string::npos);
  std::string table = kHead;
  const char* const write = std::getenv("GFNET_WRITE_IMAGE_FORMATS");
  const bool is_written = write != nullptr && std::string_view(write) == "1";
  for (const LargeSample& sample : large_samples()) {
    CAPTURE(sample.name);
    const auto file = sample.content();
    CHECK(file.size() < 1u << 20);
    if (!sample.is_read()) continue;
    const Cost cost = cost_of(file);
    CHECK(cost.decoded);
    if (!kIsSanitized) {
      CHECK(cost.growth < 232e6);  // a process that has decoded other images has kept more
      CHECK(cost.seconds < (is_written ? kMostSeconds : kSlowMachine * kMostSeconds));
    }
    const std::string row = fmt::format("| {} | {} | {} | {}×{} |", sample.format, sample.form,
                                        file.size(), cost.size[0], cost.size[1]);
    table += fmt::format("{} {:.0f} | {:.1f} |\n", row, cost.memory / 1e6, cost.seconds);
    CHECK(text.find(row) != std::string::npos);
  }
  if (is_written) {
    const std::size_t start = text.find(kHead);
    const std::size_t end = text.find("\n\n", start);
    text = text.substr(0, start) + table + (end == text.npos ? "" : text.substr(end + 1));
    std::ofstream(path, std::ios::binary) << text;
  }
}

TEST_CASE("a file below 1 MB that claims more is refused before memory is taken") {
  const auto number = [](std::uint64_t value, int bytes, bool big) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
      const int byte = big ? bytes - 1 - i : i;
      text += byte < 8 ? static_cast<char>(value >> 8 * byte) : '\0';
    }
    return text;
  };
  const auto bmp = [&](std::uint64_t side, std::uint64_t compression) {
    return "BM"s + number(0, 8, false) + number(1078, 4, false) + number(40, 4, false) +
           number(side, 4, false) + number(side, 4, false) + "\1\0\x08\0"s +
           number(compression, 4, false) + number(0, 20, false) + std::string(30'000, '\0');
  };
  const auto tga = [&](std::uint64_t side, char bits) {
    return "\0\0\x0A"s + std::string(9, '\0') + number(side, 2, false) + number(side, 2, false) +
           bits + std::string(30'000, '\0');
  };
  const auto psd = [&](std::uint64_t side, std::uint64_t channels, std::uint64_t mode) {
    return "8BPS\0\1"s + std::string(6, '\0') + number(channels, 2, true) + number(side, 4, true) +
           number(side, 4, true) + "\0\x08"s + number(mode, 2, true) + std::string(30'000, '\0');
  };
  const auto png = [&](std::uint64_t side) {
    const auto whole = read_bytes(image_data_folder() / "rgb.png");
    std::string file(whole.begin(), whole.end());
    file.replace(16, 8, number(side, 4, true) + number(side, 4, true));
    const auto* const header = reinterpret_cast<const Bytef*>(file.data() + 12);
    file.replace(29, 4, number(crc32(0, header, 17), 4, true));
    return file + std::string(30'000, '\0');
  };
  const auto pnm = [&](std::uint64_t side, char kind) {
    return fmt::format("P{} {} {} 255\n", kind, side, side) + std::string(30'000, '\0');
  };
  // `bytes` of a sample's file from `offset` bytes behind a mark on are replaced.
  const auto patched = [&](const std::string& name, std::string_view mark, std::size_t offset,
                           const std::string& bytes) {
    const auto whole = read_bytes(image_data_folder() / name);
    std::string file(whole.begin(), whole.end());
    const std::size_t start = file.find(mark);
    REQUIRE(start != std::string::npos);
    return file.replace(start + offset, bytes.size(), bytes) + std::string(30'000, '\0');
  };
  const auto jpeg = [&](std::uint64_t side) {
    return patched("rgb.jpg", "\xFF\xC0"sv, 5, number(side, 2, true) + number(side, 2, true));
  };
  const auto webp = [&](std::uint64_t side) {
    return patched("optional/lossy.webp", "\x9D\x01\x2A"sv, 3,
                   number(side, 2, false) + number(side, 2, false));
  };
  const auto avif = [&](std::uint64_t side) {
    return patched("optional/lossy420.avif", "ispe"sv, 8,
                   number(side, 4, true) + number(side, 4, true));
  };
  const auto heif = [&](std::uint64_t side) {
    return patched("optional/lossy420.heic", "ispe"sv, 8,
                   number(side, 4, true) + number(side, 4, true));
  };
  // Behind the signature: a bit, two bits for a height of 13 bits, and the height less 1. The width
  // follows from it.
  const auto jxl = [&](const std::string& name, std::uint64_t side) {
    const auto whole = LargeSample{name, "JPEG XL", "", ""}.content();
    std::string file(whole.begin(), whole.end());
    return file.replace(2, 2, number((side - 1) << 3 | 2, 2, false)) + std::string(30'000, '\0');
  };
  // Three samples of 8 bits, in one strip, or in tiles.
  const auto tiff = [&](std::uint64_t side, std::uint64_t photometric, std::uint64_t compression,
                        std::uint64_t tile = 0) {
    std::vector<std::array<std::uint64_t, 2>> tags = {
        {256, side}, {257, side}, {258, 8}, {259, compression}, {262, photometric}, {277, 3}};
    if (tile > 0) {
      tags.insert(tags.end(), {{322, tile}, {323, tile}, {324, 1000}, {325, 29'000}});
    } else {
      tags.insert(tags.begin() + 5, {273, 1000});
      tags.insert(tags.end(), {{278, side}, {279, 29'000}});
    }
    if (photometric == 6) tags.push_back({530, 0x1'0001});  // a colour for each pixel
    std::string file = "II*\0\x08\0\0\0"s + number(tags.size(), 2, false);
    std::string bits = number(8, 2, false) + number(8, 2, false) + number(8, 2, false);
    for (const auto& [tag, value] : tags) {
      const bool is_pair = tag == 530;
      const bool is_bits = tag == 258;
      file += number(tag, 2, false) + number(is_pair || is_bits ? 3 : 4, 2, false) +
              number(is_bits   ? 3
                     : is_pair ? 2
                               : 1,
                     4, false) +
              number(is_bits ? 900 : value, 4, false);
    }
    file.resize(900);
    file += bits;
    file.resize(30'000);
    return file;
  };
  const auto gif = [&](std::uint64_t side) {
    return "GIF89a"s + std::string(7, '\0') + ","s + number(0, 4, false) + number(side, 2, false) +
           number(side, 2, false) + "\0\x02"s + std::string(30'000, '\0');
  };
  // The largest side that is read, as far as memory goes, and the file of another. The library that
  // reads it is the last word of the name, if it needs one.
  const std::tuple<std::string, std::uint64_t, std::function<std::string(std::uint64_t)>> forms[] =
      {
          {"PNM, grey", 7384, [&](auto side) { return pnm(side, '5'); }},
          {"PNM, RGB", 8525, [&](auto side) { return pnm(side, '6'); }},
          {"JPEG", 8525, jpeg},
          {"WebP libwebp", 8525, webp},
          {"AVIF libavif", 6029, avif},
          {"HEIF libheif", 4670, heif},
          {"JPEG XL libjxl", 2610, [&](auto side) { return jxl("fast.jxl", side); }},
          {"JPEG XL, alpha libjxl", 2226, [&](auto side) { return jxl("lossless.jxl", side); }},
          {"TIFF, RGB libtiff", 8525, [&](auto side) { return tiff(side, 2, 8); }},
          {"TIFF, Zstandard libtiff", 6029, [&](auto side) { return tiff(side, 2, 50'000); }},
          {"TIFF, LZMA libtiff", 6029, [&](auto side) { return tiff(side, 2, 34'925); }},
          {"TIFF, YCbCr libtiff", 4670, [&](auto side) { return tiff(side, 6, 8); }},
          {"TIFF, L*a*b* libtiff", 4922, [&](auto side) { return tiff(side, 8, 8); }},
          {"TIFF, tile libtiff", 5633, [&](auto side) { return tiff(side, 2, 8, 6400); }},
          {"BMP, RLE8", 7384, [&](auto side) { return bmp(side, 1); }},
          {"BMP", 8525, [&](auto side) { return bmp(side, 0); }},
          {"TGA, 24 bits", 6029, [&](auto side) { return tga(side, 24); }},
          {"TGA, 32 bits", 5581, [&](auto side) { return tga(side, 32); }},
          {"PSD, grey", 7384, [&](auto side) { return psd(side, 1, 1); }},
          {"PSD, RGB", 6029, [&](auto side) { return psd(side, 3, 3); }},
          {"PSD, CMYK", 5581, [&](auto side) { return psd(side, 4, 4); }},
          {"PNG", 8525, png},
          {"GIF", 7384, gif},
      };
  for (const auto& [name, side, file_of] : forms) {
    CAPTURE(name);
    const std::string library = name.substr(name.rfind(' ') + 1);
    if (library.starts_with("lib") && !LargeSample{"", "", "", library}.is_read()) continue;
    const auto cause = [&](std::uint64_t size, std::size_t bytes) {
      std::string file = file_of(size);
      file.resize(std::max(file.size(), bytes));
      return cause_of({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    };
    const std::string words = "a file below 1 MB may take 218 MB";
    CHECK(cause(side, 0).find(words) == std::string::npos);
    CHECK(cause(side + 2, 0).find(words) != std::string::npos);
    CHECK(cause(side + 2, (1u << 20) - 1).find(words) != std::string::npos);
    CHECK(cause(side + 2, 1u << 20).find(words) == std::string::npos);
  }
  if (LargeSample{"", "", "", "libtiff"}.is_read()) {
    for (const std::uint64_t photometric : {2, 6}) {
      const std::string file = tiff(16, photometric, 8, 16'000);
      CHECK(cause_of({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}) ==
            "corrupt TIFF: tiles of 16000×16000 pixels");
    }
  }
}

TEST_CASE("a TIFF with millions of offsets takes no more memory than a copy of it") {
  if (!LargeSample{"", "", "", "libtiff"}.is_read()) return;
  constexpr std::uint32_t kOffsets = 16'000'000;  // a byte each; the image needs only the first
  // Tag, type, number of values and value. Without the strip's length, the directory is mended.
  const std::uint32_t fields[][4] = {{256, 4, 1, 100}, {257, 4, 1, 100}, {258, 3, 1, 8},
                                     {259, 3, 1, 1},   {262, 3, 1, 1},   {273, 1, kOffsets, 200},
                                     {277, 3, 1, 1},   {278, 4, 1, 100}};
  std::string text = "II*\0\x08\0\0\0\x08\0"s;
  for (const auto& [tag, type, count, value] : fields) {
    for (const std::uint32_t number : {tag | type << 16, count, value}) {
      for (int i = 0; i < 4; ++i) text += static_cast<char>(number >> 8 * i);
    }
  }
  std::vector<std::uint8_t> file(text.begin(), text.end());
  file.resize(200 + kOffsets, 1);
  const Cost cost = cost_of(file);
  CHECK(cost.decoded);
  if (!kIsSanitized) CHECK(cost.growth < 2.0 * kOffsets);
}

TEST_CASE("an image of a small file that is turned by 90° counts twice") {
  const auto plain = LargeSample{"plain_8000.png", "PNG", "", ""}.content();
  const auto with_orientation = [&](char orientation) {
    const std::string exif = "eXIfII*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0"s + orientation +
                             "\0\0\0\0\0\0\0"s + "\0\0\0\0"s;
    const std::string chunk = "\0\0\0\x1A"s + exif;
    auto file = plain;
    file.insert(file.begin() + 33, chunk.begin(), chunk.end());
    try {
      return std::to_string(decode_image(file, "NAME", {.apply_orientation = true}).width);
    } catch (const gfnet::FormatError& error) {
      return error.cause();
    }
  };
  CHECK(with_orientation(3) == "8000");
  CHECK(
      with_orientation(6) ==
      "declares 8000×8000 pixels, which take 384 MB to decode; a file below 1 MB may take 218 MB");
}

TEST_CASE("a JPEG of many scans is refused, the sooner the larger it is") {
  const LargeSample sample{"scans.jpg", "JPEG", "", "libjpeg"};
  if (!sample.is_read()) return;
  auto file = sample.content();
  constexpr std::uint8_t kScan[] = {0xFF, 0xDA};
  const auto start = std::find_end(file.begin(), file.end(), std::begin(kScan), std::end(kScan));
  const std::vector<std::uint8_t> scan(start, file.end() - 2);
  for (int i = 0; i < 20; ++i) file.insert(file.end() - 2, scan.begin(), scan.end());
  CHECK(cause_of(file) == "corrupt JPEG: more than 88 scans");
}

}  // namespace
