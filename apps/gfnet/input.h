#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace app {

/// A picture to be labelled, or something that was named and cannot be looked at.
struct Input {
  std::string path;
  /// Why there is nothing to read; empty for a file.
  std::string cause;
  /// Which of the PATH arguments it came from, counted from 0.
  std::size_t argument = 0;
  /// Which of the job's inputs, counted from 0; those of other shards and of earlier runs count,
  /// too.
  std::uint64_t number = 0;
};

/// Gives one input after another; nothing at the end. One thread at a time may call it.
using InputSource = std::function<std::optional<Input>()>;

}  // namespace app
