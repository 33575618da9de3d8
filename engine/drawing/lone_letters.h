#pragma once

namespace gfnet::drawing {

/// Whether a letter can be drawn as a glyph of its own to the right of the letter before it. False
/// for letters that run from right to left (Hebrew, Arabic), that change their form beside others
/// (Arabic, the scripts of India and South East Asia, parts of Hangul), or that are marks on others
/// or invisible. Such text needs a program that sets it.
bool stands_alone(char32_t letter);

}  // namespace gfnet::drawing
