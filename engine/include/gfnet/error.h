#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

/// The engine's errors. Every one says in a single line what failed and why, for a person to act
/// on.
namespace gfnet {

/// Base of all errors that the engine throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file that cannot be read or does not hold what its reader expects.
/// what(): "PATH: [tensor 'NAME': ][offset N: ]CAUSE", made printable().
class FormatError : public Error {
 public:
  /// Marks a fault that has no byte offset.
  static constexpr std::int64_t kNoOffset = -1;

  FormatError(const std::filesystem::path& path, const std::string& cause,
              const std::string& tensor = "", std::int64_t offset = kNoOffset);

  const std::filesystem::path& path() const { return path_; }
  /// Name of the tensor at fault, empty where the fault concerns the whole file.
  const std::string& tensor() const { return tensor_; }
  /// Byte offset of the fault in the file, or kNoOffset.
  std::int64_t offset() const { return offset_; }
  /// what() without the path.
  std::string cause() const;

 private:
  std::filesystem::path path_;
  std::string tensor_;
  std::int64_t offset_;
};

/// An argument that no model or device could be given, or not this model: the caller's mistake.
class ArgumentError : public Error {
 public:
  using Error::Error;
};

/// A request that is well-formed but beyond what the engine or the device can do.
/// what(): "FEATURE[ on DEVICE]".
class UnsupportedError : public Error {
 public:
  explicit UnsupportedError(const std::string& feature, const std::string& device = "");
};

/// A request that the device could do were it smaller: fewer images at a time, or smaller ones.
class TooLargeError : public UnsupportedError {
 public:
  using UnsupportedError::UnsupportedError;
};

/// No Vulkan driver, or no device that fits the request.
class NoDeviceError : public Error {
 public:
  using Error::Error;
};

/// A Vulkan call that failed. what(): "CALL failed: VK_ERROR_…".
class VulkanError : public Error {
 public:
  /// result: the VkResult's number and name, as the public headers name no Vulkan type.
  VulkanError(const std::string& call, int result, const std::string& result_name);

  int result() const { return result_; }
  /// The same, with " on DEVICE" at its end, for who has several.
  VulkanError on(const std::string& device) const;

 private:
  VulkanError(const std::string& what, int result) : Error(what), result_(result) {}

  int result_;
};

}  // namespace gfnet
