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
  /// The reason why this input failed: it was not found, cannot be read or cannot be labelled.
  /// Empty if the input has not failed.
  std::string cause;
  /// Index of the PATH argument that led to this input.
  std::size_t argument = 0;
  /// Index among all inputs of the job, from 0. Inputs of other shards and of earlier runs count
  /// too.
  std::uint64_t number = 0;
  /// Whether an earlier run has labelled this input already. It is labelled again to check that the
  /// result has not changed.
  bool is_check = false;
  /// Whether the path is a folder in which no images were found; `cause` says so, too.
  bool is_bare_folder = false;
};

/// A function that returns the next input, or nothing after the last one. Only one thread at a time
/// may call the function.
using InputSource = std::function<std::optional<Input>()>;

}  // namespace app
