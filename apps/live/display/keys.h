#pragma once

#include <optional>
#include <string_view>

namespace live {

/// The actions that keys trigger.
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

/// The action of a typed character, in upper or lower case; nothing if the character has no action.
/// The argument is a character, not a key code, so that each action has the same letter on every
/// keyboard layout.
std::optional<Key> key_typed(unsigned character);

/// The action of a key that a script names: "space", "up", "down" or a single character. Returns
/// nothing if the name has no action.
std::optional<Key> key_named(std::string_view name);

}  // namespace live
