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

/// The action of a typed character (upper or lower case); nothing if it has none. Takes characters
/// instead of key codes, so that keys have the same labels on every keyboard layout.
std::optional<Key> key_typed(unsigned character);

/// The action of "space", "up", "down" or a character; nothing for any other name.
std::optional<Key> key_named(std::string_view name);

}  // namespace live
