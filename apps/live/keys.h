#pragma once

#include <optional>
#include <string_view>

namespace live {

/// What a person can do with the keyboard.
enum class Key {
  kPause,
  kNextModel,
  kPrecision,
  kMirror,
  kNextView,
  kNextLayer,
  kPreviousLayer,
  kScreenshot,
  kFullScreen,
  kHelp,
  kQuit,
};

/// By what is typed, so that a key is where its letter is on any keyboard; in either case.
std::optional<Key> key_typed(unsigned character);

/// "space", "up", "down", or a character.
std::optional<Key> key_named(std::string_view name);

}  // namespace live
