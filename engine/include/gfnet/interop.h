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
#include "gfnet/export.h"
#include "gfnet/model.h"

// The types behind Vulkan's dispatchable handles, declared as vulkan.h does.
struct VkInstance_T;
struct VkPhysicalDevice_T;
struct VkDevice_T;
struct VkQueue_T;

/// Interfaces for a program that draws with Vulkan on the same device. The program and the engine
/// share one VkDevice. Each frame is uploaded once for both. The network runs in short slices so
/// that drawing can happen in between. The live demo (apps/live) is such a program.
namespace gfnet {

struct SharedDeviceOptions {
  /// device, validation, cache_directory: as in ClassifierOptions.
  std::string device;
  bool validation = false;
  std::filesystem::path cache_directory;
  /// Extensions to enable in addition to the engine's own, for example to present to a window.
  std::vector<std::string> instance_extensions;
  std::vector<std::string> device_extensions;
  /// The queue must support graphics. Devices without such a queue are not considered.
  bool graphics = false;
};

/// A Vulkan 1.1 device with one queue, shared by the engine and the program that created it. Copies
/// share the device. It must outlive everything created from it. The engine has loaded volk for the
/// instance, so Vulkan's functions can be called through volk.
class GFNET_API SharedDevice {
 public:
  /// Throws NoDeviceError, UnsupportedError (an extension is missing) or VulkanError.
  explicit SharedDevice(const SharedDeviceOptions& options = {});

  /// The Vulkan handles and the queue family of the shared queue. This object owns them.
  VkInstance_T* instance() const;
  VkPhysicalDevice_T* physical_device() const;
  VkDevice_T* device() const;
  VkQueue_T* queue() const;
  std::uint32_t queue_family() const;
  /// Hold it during every use of the queue, including presentation and vkDeviceWaitIdle.
  std::mutex& queue_mutex() const;

  DeviceDescription description() const;

  /// Messages of the validation layer. Keeps the instance alive, so that it also receives messages
  /// about the destruction of the device.
  class GFNET_API ValidationLog {
   public:
    std::vector<std::string> messages() const;

   private:
    friend class SharedDevice;
    std::shared_ptr<const void> instance_;
  };
  ValidationLog validation_log() const;

  /// The engine's internal view; not part of the interface.
  struct GFNET_HIDDEN State;
  State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

/// A frame in device memory: [height, width] 32-bit words R | G << 8 | B << 16, rows without gaps.
/// The highest byte of a word is ignored. Move-only.
class GFNET_API DeviceFrame {
 public:
  /// Throws Error if width or height is 0, UnsupportedError if the device has no buffers of that
  /// size, or VulkanError.
  DeviceFrame(const SharedDevice& device, std::uint32_t width, std::uint32_t height);
  ~DeviceFrame();
  DeviceFrame(DeviceFrame&&) noexcept;
  DeviceFrame& operator=(DeviceFrame&&) noexcept;

  std::uint32_t width() const;
  std::uint32_t height() const;
  /// The VkBuffer handle. The buffer can be used as a copy source and as a storage buffer.
  std::uint64_t buffer() const;

  struct GFNET_HIDDEN State;
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Uploads frames from the host to the device. One thread at a time may use it.
class GFNET_API FrameUploader {
 public:
  explicit FrameUploader(const SharedDevice& device);
  ~FrameUploader();
  FrameUploader(FrameUploader&&) noexcept;
  FrameUploader& operator=(FrameUploader&&) noexcept;

  /// Upload memory for one frame, 4·width·height bytes in DeviceFrame's layout. Write to it and do
  /// not read it: reads may be slow. Valid until the next call. Throws as DeviceFrame.
  std::span<std::byte> pixels(std::uint32_t width, std::uint32_t height);
  /// Copies the upload memory to the frame and waits for the copy. The frame must not be in use.
  /// Throws Error if the frame's size differs from the size given to pixels(), or VulkanError.
  void upload(DeviceFrame& frame);

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

/// Classifies frames that are already in the memory of a shared device. The results equal those of
/// Classifier::classify() for the same pixels.
///
/// The network is submitted in slices of a few milliseconds, based on step times measured in the
/// first runs. Drawing on the same queue therefore waits for one slice, not for the whole network.
///
/// Two threads must not use classifiers of one device at the same time, even if each thread has its
/// own classifier.
class GFNET_API FrameClassifier {
 public:
  /// options: device, validation and cache_directory are ignored; the shared device has its own.
  /// Throws as Classifier.
  FrameClassifier(const SharedDevice& device, const Model& model,
                  const ClassifierOptions& options = {});
  ~FrameClassifier();
  FrameClassifier(FrameClassifier&&) noexcept;
  FrameClassifier& operator=(FrameClassifier&&) noexcept;

  /// Uploads weights, tunes and creates pipelines now. Without this call, the first run does it.
  /// Throws UnsupportedError if the model has neither one nor three input channels or the device
  /// cannot run the network, or VulkanError.
  void prepare();

  /// Classifies a frame and waits for the result. Until then, other code may read the frame but
  /// must not write to it. Throws UnsupportedError if the model has neither one nor three input
  /// channels, or VulkanError.
  Classification classify(const DeviceFrame& frame);

  const Model& model() const;
  /// The precision in use: kFp32 or kFp16, never kAuto.
  Precision precision() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
