#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/model.h"

// What Vulkan's handles point to.
struct VkInstance_T;
struct VkPhysicalDevice_T;
struct VkDevice_T;
struct VkQueue_T;

/// For a program that draws with Vulkan on the device that classifies: one device for both,
/// pictures that are uploaded once for both, and a network that lets the program's own work in
/// between. The live demo is such a program (apps/live).
namespace gfnet {

struct SharedDeviceOptions {
  /// As in ClassifierOptions.
  std::string device;
  bool validation = false;
  std::filesystem::path cache_directory;
  /// Extensions to enable beside the engine's own, to present to a window for instance.
  std::vector<std::string> instance_extensions;
  std::vector<std::string> device_extensions;
  /// The queue must be able to draw; devices that cannot are not considered.
  bool graphics = false;
};

/// A Vulkan device with one queue, used by the engine and by the program that made it. Must outlive
/// all that is made from it; copies share it. Vulkan 1.1 and Vulkan's functions through volk, which
/// the engine has loaded for the instance.
class SharedDevice {
 public:
  /// Throws NoDeviceError, UnsupportedError (an extension that is missing) or VulkanError.
  explicit SharedDevice(const SharedDeviceOptions& options = {});

  VkInstance_T* instance() const;
  VkPhysicalDevice_T* physical_device() const;
  VkDevice_T* device() const;
  VkQueue_T* queue() const;
  std::uint32_t queue_family() const;
  /// To be held around every use of the queue, presenting and vkDeviceWaitIdle included.
  std::mutex& queue_mutex() const;

  DeviceDescription description() const;

  /// What the validation layer says, of the device's end too, for as long as this lives.
  class ValidationLog {
   public:
    std::vector<std::string> messages() const;

   private:
    friend class SharedDevice;
    std::shared_ptr<const void> instance_;
  };
  ValidationLog validation_log() const;

  /// The engine's own view; not part of the interface.
  struct State;
  State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

/// A picture in the device's memory: [height, width] words R | G << 8 | B << 16, rows without gaps;
/// the last byte of a word is not looked at. Move-only.
class DeviceFrame {
 public:
  /// Throws Error for no pixels, UnsupportedError if the device has no buffers of that size, or
  /// VulkanError.
  DeviceFrame(const SharedDevice& device, std::uint32_t width, std::uint32_t height);
  ~DeviceFrame();
  DeviceFrame(DeviceFrame&&) noexcept;
  DeviceFrame& operator=(DeviceFrame&&) noexcept;

  std::uint32_t width() const;
  std::uint32_t height() const;
  /// The VkBuffer, which may be the source of copies and a storage buffer.
  std::uint64_t buffer() const;

  struct State;
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Brings pictures to the device. One thread at a time may use it.
class FrameUploader {
 public:
  explicit FrameUploader(const SharedDevice& device);
  ~FrameUploader();
  FrameUploader(FrameUploader&&) noexcept;
  FrameUploader& operator=(FrameUploader&&) noexcept;

  /// Memory for one picture, 4·width·height bytes, that the device can read; to be written by the
  /// host, which should not read it. Valid until the next call. Throws as DeviceFrame.
  std::span<std::byte> pixels(std::uint32_t width, std::uint32_t height);
  /// Copies what was written there to the frame, which must have that size and be in no use.
  /// Returns when it is done. Throws Error if it has another size, or VulkanError.
  void upload(DeviceFrame& frame);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A model on a shared device, for pictures that are there already. The results are those of
/// Classifier::classify() for the same pixels.
///
/// The network is submitted in slices of a few milliseconds, as its first runs measure them, so
/// that on a device with one queue nobody who draws waits for all of it.
///
/// Of the classifiers on one device, one thread at a time may use any.
class FrameClassifier {
 public:
  /// options: device, validation and cache_directory are the shared device's. Throws as Classifier.
  FrameClassifier(const SharedDevice& device, const Model& model,
                  const ClassifierOptions& options = {});
  ~FrameClassifier();
  FrameClassifier(FrameClassifier&&) noexcept;
  FrameClassifier& operator=(FrameClassifier&&) noexcept;

  /// Makes all that a run needs, which the first one would do otherwise. Throws UnsupportedError if
  /// the model takes neither one nor three channels or the device cannot run the network, or
  /// VulkanError.
  void prepare();

  /// The frame may be read by others meanwhile, and written by nobody. Throws UnsupportedError if
  /// the model takes neither one nor three channels, or VulkanError.
  Classification classify(const DeviceFrame& frame);

  const Model& model() const;
  /// What auto came to.
  Precision precision() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
