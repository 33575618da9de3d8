#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app {

/// Largest image that is read from a stream or an archive, in bytes: the engine's limit for files.
inline constexpr std::size_t kMostImageBytes = std::size_t{1} << 30;

/// An image file to label, or a path that is already known to fail. The image may be a member of an
/// archive.
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
  /// The archive that the image is a member of. Empty if the image is a file of its own.
  std::string archive = {};
  /// The member's bytes once `fetch` was called.
  std::vector<std::byte> bytes = {};
  /// Reads `bytes` of a member, or sets `cause`. Empty for a file. It may be called until the
  /// source of this input is asked for the next input.
  std::function<void(Input&)> fetch = {};

  /// How many pixels the images of the archive that are decoded may still have, all together. Null
  /// for a file.
  std::shared_ptr<std::atomic<std::int64_t>> pixels_left = {};

  /// The file that holds the image: the archive or the image itself.
  const std::string& file() const { return archive.empty() ? path : archive; }
};

/// A function that returns the next input, or nothing after the last one. Only one thread at a time
/// may call the function.
using InputSource = std::function<std::optional<Input>()>;

}  // namespace app
