#include "drawing/lone_letters.h"

#include <algorithm>

namespace gfnet::drawing {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Blocks of the Unicode standard, and parts of blocks.
constexpr Range kSet[] = {
    {0x0300, 0x036F},    // combining marks
    {0x0483, 0x0489},    // combining marks for Cyrillic letters
    {0x0590, 0x08FF},    // Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic
    {0x0900, 0x0DFF},    // Devanagari, Bengali and the other scripts of India, Sinhala
    {0x0E00, 0x109F},    // Thai, Lao, Tibetan, Myanmar
    {0x1100, 0x11FF},    // parts of Hangul syllables
    {0x135D, 0x135F},    // combining marks for Ethiopic letters
    {0x1700, 0x18AF},    // scripts of the Philippines, Khmer, Mongolian
    {0x1900, 0x1C7F},    // Limbu to Ol Chiki; among them Balinese, Batak, Sundanese
    {0x1CC0, 0x1CFF},    // Sundanese, Vedic marks
    {0x1DC0, 0x1DFF},    // combining marks
    {0x200B, 0x200F},    // letters without width, marks of direction
    {0x2028, 0x202E},    // line ends, directions
    {0x2060, 0x206F},    // invisible signs, directions
    {0x20D0, 0x20FF},    // combining marks for symbols
    {0x2DE0, 0x2DFF},    // combining Cyrillic letters
    {0x302A, 0x302F},    // tone marks
    {0x3099, 0x309A},    // voice marks for kana
    {0xA66F, 0xA67D},    // combining marks for Cyrillic letters
    {0xA800, 0xABFF},    // Syloti Nagri to Meetei Mayek; among them Javanese, Cham
    {0xD7B0, 0xD7FF},    // parts of Hangul syllables
    {0xFB1D, 0xFDFF},    // Hebrew and Arabic forms
    {0xFE00, 0xFE0F},    // choices of variants
    {0xFE20, 0xFE2F},    // combining halves of marks
    {0xFE70, 0xFEFF},    // Arabic forms, byte order mark
    {0x10800, 0x10FFF},  // scripts from right to left
    {0x11000, 0x11FFF},  // Brahmi and scripts that come from it
    {0x1E800, 0x1EFFF},  // scripts from right to left
    {0xE0000, 0xE0FFF},  // tags, choices of variants
};

}  // namespace

bool stands_alone(char32_t letter) {
  return std::ranges::none_of(
      kSet, [letter](const Range& range) { return letter >= range.first && letter <= range.last; });
}

}  // namespace gfnet::drawing
