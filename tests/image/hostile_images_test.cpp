// Small files that claim much: each is refused or decoded quickly, and memory is only taken for
// what the file can hold.
#include <doctest/doctest.h>

#include <chrono>

#include "fixtures.h"
#include "gfnet/error.h"
#include "image/decode.h"

namespace {

using namespace gfnet::test;
using namespace std::string_literals;

/// The numbers' bytes, the lowest first.
std::string little(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += i < 8 ? static_cast<char>(number >> (8 * i)) : '\0';
  return text;
}

std::string big(std::uint64_t number, int bytes) {
  std::string text = little(number, bytes);
  std::ranges::reverse(text);
  return text;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string bmp(std::uint32_t width, std::uint32_t height, int bits, std::uint32_t compression,
                std::uint32_t entries, std::uint32_t pixels) {
  return "BM"s + little(0, 8) + little(pixels, 4) + little(40, 4) + little(width, 4) +
         little(height, 4) + little(1, 2) + little(static_cast<std::uint64_t>(bits), 2) +
         little(compression, 4) + little(0, 12) + little(entries, 4) + little(0, 4);
}

std::string tga(int kind, int bits, std::uint32_t width, std::uint32_t height) {
  return little(0, 2) + little(static_cast<std::uint64_t>(kind), 1) + little(0, 9) +
         little(width, 2) + little(height, 2) + little(static_cast<std::uint64_t>(bits), 1) + "\0"s;
}

std::string psd(std::uint32_t channels, std::uint32_t width, std::uint32_t height) {
  return "8BPS"s + big(1, 2) + big(0, 6) + big(channels, 2) + big(height, 4) + big(width, 4) +
         big(8, 2) + big(3, 2);
}

std::string gif(std::uint32_t width, std::uint32_t height) {
  return "GIF89a"s + little(width, 2) + little(height, 2) + "\0\0\0"s;
}

/// A GIF's frame of width × height pixels, with codes of 2 bits up to the blocks.
std::string gif_frame(std::uint32_t width, std::uint32_t height) {
  return ","s + little(0, 4) + little(width, 2) + little(height, 2) + "\0\x02"s;
}

struct Hostile {
  const char* what;
  std::string file;
  const char* words;  // of the message; empty if the file is read
};

const std::string kBlock = "\xFF"s + std::string(255, '\x88');

const Hostile kFiles[] = {
    {"BMP of runs that claims a large image",
     bmp(7000, 7000, 8, 1, 0, 1078) + std::string(30000, 1), "truncated BMP"},
    {"BMP that moves beyond its image",
     bmp(9, 9, 8, 1, 1, 58) + "\0\0\0\0"s + repeated("\0\2\xFF\xFF"s, 99), ""},
    {"BMP with a huge palette", bmp(9, 9, 8, 0, 0xFFFFFFFF, 54), "palette"},
    {"BMP with a palette that the file lacks", bmp(9, 9, 8, 0, 65536, 54), "truncated BMP"},
    {"BMP with pixels far beyond the file", bmp(9, 9, 24, 0, 0, 0xFFFFFFF0), "truncated BMP"},
    {"BMP of the lowest height", bmp(9, 0x80000000, 24, 0, 0, 54), "above the limit"},
    {"BMP of the largest width", bmp(0xFFFFFFFF, 1, 32, 0, 0, 54), "above the limit"},
    {"TGA of runs that claims a large image", tga(10, 32, 5000, 5000) + std::string(30000, '\0'),
     "truncated TGA"},
    {"TGA that claims a large image", tga(2, 32, 7000, 7000) + std::string(30000, '\0'),
     "truncated TGA"},
    {"PSD that claims a large image", psd(3, 6000, 6000) + std::string(30000, '\0'),
     "truncated PSD"},
    {"PSD with rows of no size",
     psd(56, 1, 200000) + big(0, 12) + big(1, 2) + std::string(std::size_t{56} * 400000, '\0'),
     "truncated PSD"},
    {"PSD with a section beyond the file", psd(3, 9, 9) + big(0xFFFFFFFF, 4), "truncated PSD"},
    {"PSD of packets that hold nothing",
     psd(3, 9, 1) + big(0, 12) + big(1, 2) + repeated("\xFF\xFF"s, 3) + std::string(200000, '\x80'),
     "truncated PSD"},
    {"PBM of text that claims a large image", "P1 7000 7000\n"s + std::string(30000, '1'),
     "truncated PNM"},
    {"PPM of text with a comment that never ends", "P3 3 3 255 #"s + std::string(900000, 'x'),
     "truncated PNM"},
    {"PGM of text with comments only", "P2 900 900 255\n"s + repeated("#\n", 450000),
     "truncated PNM"},
    {"PGM of text with a number that never ends", "P2 3 3 255 "s + std::string(900000, '0'),
     "too large"},
    {"GIF with many extensions and no frame", gif(9, 9) + repeated("!\xFE\x01x\0"s, 180000),
     "truncated GIF"},
    {"GIF with many empty bytes", gif(9, 9) + std::string(900000, '\0'), "truncated GIF"},
    {"GIF with a screen of 65535×65535", gif(65535, 65535) + gif_frame(1, 1) + "\x02\x04\x05\0;"s,
     "above the limit"},
    {"GIF that clears its codes for ever",
     gif(9, 9) + gif_frame(9, 9) + repeated("\x02\x24\x49\0"s, 1) + ";", "GIF"},
    {"GIF with many codes beyond its only pixel",
     gif(1, 1) + gif_frame(1, 1) + "\x02\x04\x05"s + repeated(kBlock, 3900) + "\0;"s, ""},
};

TEST_CASE("a small file that claims much ends quickly") {
  for (const Hostile& hostile : kFiles) {
    for (const bool prefer_stb : {false, true}) {
      CAPTURE(hostile.what);
      CAPTURE(prefer_stb);
      const auto start = std::chrono::steady_clock::now();
      std::string message;
      try {
        gfnet::image::decode_image(
            {reinterpret_cast<const std::uint8_t*>(hostile.file.data()), hostile.file.size()},
            "NAME", {.prefer_stb = prefer_stb});
      } catch (const gfnet::FormatError& error) {
        message = error.what();
      }
      CAPTURE(message);
      const bool is_refused = *hostile.words != '\0';
      CHECK((message != "") == is_refused);
      CHECK(message.find(hostile.words) != std::string::npos);
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    }
  }
}

}  // namespace
