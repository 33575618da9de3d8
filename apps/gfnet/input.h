#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace app {

/// An image file to label, or a path that is already known to fail.
struct Input {
  std::string path;
  /// Why the path failed; empty for a file that is still to be read.
  std::string cause;
  /// Index of the PATH argument that it came from.
  std::size_t argument = 0;
  /// Index among all inputs of the job, those of other shards and of earlier runs included.
  std::uint64_t number = 0;
};

/// Returns the next input, or nothing at the end. One thread at a time may call it.
using InputSource = std::function<std::optional<Input>()>;

}  // namespace app
