#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "gfnet/export.h"

/// The engine's errors. Each message is one line that says what failed and why, so that a person
/// can act on it.
namespace gfnet {

/// Base of all errors that the engine throws on purpose.
class GFNET_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file that cannot be read or written, or a file with invalid content.
/// what(): "PATH: [tensor 'NAME': ][offset N: ]CAUSE", made printable by printable().
class GFNET_API FormatError : public Error {
 public:
  /// The value of offset() if the error has no byte offset.
  static constexpr std::int64_t kNoOffset = -1;

  FormatError(const std::filesystem::path& path, const std::string& cause,
              const std::string& tensor = "", std::int64_t offset = kNoOffset);

  const std::filesystem::path& path() const { return path_; }
  /// Name of the tensor that the error is about. Empty if the error is about the whole file.
  const std::string& tensor() const { return tensor_; }
  /// Byte offset of the error in the file, or kNoOffset.
  std::int64_t offset() const { return offset_; }
  /// what() without the path.
  std::string cause() const;

 private:
  std::filesystem::path path_;
  std::string tensor_;
  std::int64_t offset_;
};

/// An invalid argument: a mistake of the caller that does not depend on the device. The mistake may
/// depend on the model: a layer number, for example, can be valid for one model and too large for
/// another.
class GFNET_API ArgumentError : public Error {
 public:
  using Error::Error;
};

/// A valid request that the engine or the device cannot fulfil.
/// what(): "not supported on DEVICE: FEATURE". If `device` is empty, `feature` must be a whole
/// sentence, and what() returns this sentence unchanged.
class GFNET_API UnsupportedError : public Error {
 public:
  explicit UnsupportedError(const std::string& feature, const std::string& device = "");
};

/// A request that is too large for the device. A request with fewer or smaller images may work.
class GFNET_API TooLargeError : public UnsupportedError {
 public:
  using UnsupportedError::UnsupportedError;
};

/// There is no Vulkan driver, or no device that matches the request.
class GFNET_API NoDeviceError : public Error {
 public:
  using Error::Error;
};

/// A Vulkan call that failed. what(): "CALL failed: VK_ERROR_…".
class GFNET_API VulkanError : public Error {
 public:
  /// result: the VkResult as a number. Its type is int because the public headers do not include
  /// Vulkan's headers. result_name: the VkResult's name.
  VulkanError(const std::string& call, int result, const std::string& result_name);

  int result() const { return result_; }
  /// Whether memory was exhausted, or a limit on the number of allocations. The same call with
  /// fewer or smaller images may succeed.
  bool is_out_of_memory() const;
  /// Whether the device was lost, or hangs: did not finish its work within the time limit
  /// ($GFNET_HANG_SECONDS). What uses the device can only be destroyed; another object for the same
  /// device may work.
  bool is_device_lost() const;
  /// A copy of this error with " on DEVICE" appended to the message, for callers that use several
  /// devices.
  VulkanError on(const std::string& device) const;

 private:
  VulkanError(const std::string& what, int result) : Error(what), result_(result) {}

  int result_;
};

}  // namespace gfnet
