#include "display/keys.h"

#include <array>
#include <utility>

namespace live {
namespace {

constexpr std::array<std::pair<char, Key>, 12> kKeys{{
    {' ', Key::kPause},
    {'m', Key::kNextModel},
    {'p', Key::kPrecision},
    {'x', Key::kMirror},
    {'v', Key::kNextView},
    {'+', Key::kNextLayer},
    {'-', Key::kPreviousLayer},
    {'s', Key::kScreenshot},
    {'f', Key::kFullScreen},
    {'h', Key::kHelp},
    {'?', Key::kHelp},
    {'q', Key::kQuit},
}};

}  // namespace

std::optional<Key> key_typed(unsigned character) {
  if (character >= 'A' && character <= 'Z') character += 'a' - 'A';
  for (const auto& [typed, key] : kKeys) {
    if (static_cast<unsigned char>(typed) == character) return key;
  }
  return std::nullopt;
}

std::optional<Key> key_named(std::string_view name) {
  if (name == "space") return Key::kPause;
  if (name == "up") return Key::kNextLayer;
  if (name == "down") return Key::kPreviousLayer;
  return name.size() == 1 ? key_typed(static_cast<unsigned char>(name.front())) : std::nullopt;
}

}  // namespace live
