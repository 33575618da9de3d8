#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gfnet/adopted_device.h"
#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/export.h"
#include "gfnet/image.h"
#include "gfnet/model.h"

/// Interfaces for a program that uses Vulkan itself. The program and the engine share one VkDevice,
/// which either the engine makes (SharedDevice) or the program (SharedDevice::adopt). Frames are in
/// device memory that the program and the engine can access. The network runs in short slices, so
/// that drawing can happen between two slices. The live demo (apps/live) and
/// apps/examples/own_device.cpp are programs of this kind.
///
/// Handles that Vulkan does not dispatch on (VkBuffer, VkSemaphore) are passed as 64-bit integers;
/// 0 is VK_NULL_HANDLE.
namespace gfnet {

class SharedDevice;
class DeviceFrame;

// For the engine only.
namespace api {
struct SharedDeviceState;
struct FrameState;
SharedDeviceState& state_of(const SharedDevice& device);
const FrameState& state_of(const DeviceFrame& frame);
}  // namespace api

struct SharedDeviceOptions {
  /// device, validation, cache_directory: as in ClassifierOptions.
  std::string device;
  bool validation = false;
  std::filesystem::path cache_directory;
  /// Extensions to enable in addition to the engine's own, for example to present to a window.
  std::vector<std::string> instance_extensions;
  std::vector<std::string> device_extensions;
  /// Whether the queue must support graphics. If so, devices without such a queue are not
  /// considered.
  bool graphics = false;
};

/// A Vulkan 1.1 device with one queue, shared by the engine and the program. Copies of a
/// SharedDevice refer to the same device. Keep at least one copy until every object that was
/// created with the device is destroyed.
class GFNET_API SharedDevice {
 public:
  /// The engine makes a device. It destroys this device together with the last copy of the
  /// SharedDevice. Throws NoDeviceError, UnsupportedError (an extension is missing) or VulkanError.
  explicit SharedDevice(const SharedDeviceOptions& options = {});
  /// The engine uses a device that the program has made. Throws ArgumentError if a handle is null,
  /// if `api_version` is 0, if the device does not have the queue family, or if the device does not
  /// support a feature that is marked as enabled. Throws UnsupportedError if the instance or the
  /// device is older than Vulkan 1.1 or the queue family cannot compute. Throws NoDeviceError if
  /// `get_instance_proc_addr` is null and the system has no Vulkan loader. Throws VulkanError if a
  /// Vulkan call fails.
  static SharedDevice adopt(const AdoptedDevice& device);

  /// The Vulkan handles of the shared device and its queue, and the family of this queue.
  VkInstance_T* instance() const;
  VkPhysicalDevice_T* physical_device() const;
  VkDevice_T* device() const;
  VkQueue_T* queue() const;
  std::uint32_t queue_family() const;
  /// The mutex of the queue. Lock it during every use of the queue, including presentation and
  /// vkDeviceWaitIdle. Do not hold it while you call the engine.
  std::mutex& queue_mutex() const;
  /// The vkGetInstanceProcAddr that the engine uses. The program must load its Vulkan functions
  /// with this function, for example through volk, because the engine exports no Vulkan functions.
  GetInstanceProcAddr get_instance_proc_addr() const;

  DeviceDescription description() const;

  /// Messages of the validation layer. The log keeps the instance alive, so that it also receives
  /// messages about the destruction of the device. The log of an adopted device stays empty.
  class GFNET_API ValidationLog {
   public:
    std::vector<std::string> messages() const;

   private:
    friend class SharedDevice;
    std::shared_ptr<const void> instance_;
  };
  ValidationLog validation_log() const;

 private:
  friend api::SharedDeviceState& api::state_of(const SharedDevice& device);
  explicit SharedDevice(std::shared_ptr<api::SharedDeviceState> state);

  std::shared_ptr<api::SharedDeviceState> state_;
};

/// The place of a frame's pixels in a VkBuffer of the program. The buffer must have
/// VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, and memory must be bound to it. A pixel is a 32-bit word.
struct FrameBuffer {
  /// The VkBuffer handle, and the size with which the buffer was created, in bytes.
  std::uint64_t buffer = 0;
  std::uint64_t buffer_bytes = 0;
  /// offset: position of the first pixel in the buffer. row_stride: distance from the start of a
  /// row to the start of the next row. Both in bytes, multiples of 4.
  std::uint64_t offset = 0;
  std::uint64_t row_stride = 0;
  /// Size of the frame in pixels.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// kRgba or kBgra.
  PixelFormat format = PixelFormat::kRgba;
};

/// A frame in device memory. A frame either owns its memory or refers to a buffer of the program.
/// Move-only.
///
/// When a classifier reads the frame, the classifier sees what earlier submissions to the shared
/// queue have written. Later submissions to the shared queue may overwrite the frame at once. Other
/// queues need the semaphores of FrameClassifier::submit(). The engine transfers no ownership
/// between queue families: a buffer with VK_SHARING_MODE_EXCLUSIVE must belong to the shared
/// queue's family when the frame is read.
class GFNET_API DeviceFrame {
 public:
  /// A frame with memory of its own: [height, width] 32-bit words R | G << 8 | B << 16, rows
  /// without gaps. The highest byte of a word is ignored. Throws ArgumentError if width or height
  /// is 0, UnsupportedError if the device has no buffers of that size, or VulkanError.
  DeviceFrame(const SharedDevice& device, std::uint32_t width, std::uint32_t height);
  /// A frame in a buffer of the program. The buffer must outlive the frame. Throws ArgumentError if
  /// the members of `pixels` contradict each other or the frame exceeds the buffer. Throws
  /// UnsupportedError if the device cannot bind that many bytes as one storage buffer.
  DeviceFrame(const SharedDevice& device, const FrameBuffer& pixels);
  ~DeviceFrame();
  DeviceFrame(DeviceFrame&&) noexcept;
  DeviceFrame& operator=(DeviceFrame&&) noexcept;

  std::uint32_t width() const;
  std::uint32_t height() const;
  /// The VkBuffer handle. If the frame owns the buffer, the program can use the buffer as a copy
  /// source and as a storage buffer.
  std::uint64_t buffer() const;

 private:
  friend const api::FrameState& api::state_of(const DeviceFrame& frame);

  std::unique_ptr<api::FrameState> state_;
};

/// Uploads frames from the host to the device. One thread at a time may use a FrameUploader.
class GFNET_API FrameUploader {
 public:
  explicit FrameUploader(const SharedDevice& device);
  ~FrameUploader();
  FrameUploader(FrameUploader&&) noexcept;
  FrameUploader& operator=(FrameUploader&&) noexcept;

  /// Returns upload memory for one frame, 4·width·height bytes in the layout of a DeviceFrame with
  /// its own memory. Write to this memory and do not read it: reads may be slow. The memory is
  /// valid until the next call of pixels(). Throws as the constructor of DeviceFrame does.
  std::span<std::byte> pixels(std::uint32_t width, std::uint32_t height);
  /// Copies the upload memory to the frame and waits for the copy. The device must not be using the
  /// frame. Throws ArgumentError if the frame's size is not the size that was given to pixels(), if
  /// the frame does not own its memory, or if it was made for another device. Throws VulkanError.
  void upload(DeviceFrame& frame);

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

/// Classifies frames that are already in the memory of a shared device. The results equal those of
/// Classifier::classify() for the same pixels.
///
/// The network is submitted in slices of a few milliseconds, so that drawing on the same queue
/// waits for one slice and not for the whole network. This holds while one batch is unfinished. A
/// batch that starts while another batch has slices left submits all these slices at once, and
/// drawing then waits for all of them. A program that draws should therefore start a batch after
/// ready() has returned true for the batch before. The slices are based on the times of the steps,
/// which are measured when a batch size is used for the first time. A step that takes longer than
/// a slice should take is a slice of its own. The preprocessing is submitted together with the
/// first slice. If the queue cannot draw, the whole network is submitted at once.
///
/// Two threads must not use classifiers of one device at the same time, even if each thread has its
/// own classifier.
class GFNET_API FrameClassifier {
 public:
  /// options: device, validation and cache_directory are ignored; the values of the shared device
  /// hold. Throws as the constructor of Classifier does.
  FrameClassifier(const SharedDevice& device, const Model& model,
                  const ClassifierOptions& options = {});
  /// Waits for the submitted batches.
  ~FrameClassifier();
  FrameClassifier(FrameClassifier&&) noexcept;
  FrameClassifier& operator=(FrameClassifier&&) noexcept;

  /// Uploads weights, tunes, creates pipelines and measures slices for a batch size now. Without
  /// this call, the first run of that batch size does this. Waits for submitted batches if
  /// pipelines are missing. Throws ArgumentError if `batch` is below 1, UnsupportedError if the
  /// model has neither one nor three input channels or the device cannot run the network,
  /// TooLargeError if the batch is too large, or VulkanError.
  void prepare(std::int64_t batch = 1);

  /// Classifies a frame and waits for the result. Until this call returns, other code may read the
  /// frame but must not write to it. Throws as submit() does.
  Classification classify(const DeviceFrame& frame);
  /// Classifies several frames of any sizes as one batch, as classify() of a single frame does.
  /// Returns one result for each frame, in order.
  std::vector<Classification> classify(std::span<const DeviceFrame* const> frames);

  /// Starts a batch. If the batch size was prepared, returns without waiting for the device. Two
  /// batches can be unfinished at a time; a third submit() waits for the earliest batch. If an
  /// earlier batch has slices left, submits all these slices first, because the preprocessing of
  /// the new batch overwrites memory that the slices use. The preprocessing cannot be put off:
  /// later submissions may overwrite the frames. The frames must live until their results are
  /// collected. A batch without frames is done at once, and the semaphores are not used; when its
  /// turn comes, collect() returns an empty list.
  ///
  /// wait, signal: binary VkSemaphores, or 0. The device reads the frames after `wait` is
  /// signalled. The work that signals `wait` must be submitted before this call. The device signals
  /// `signal` when it has read the frames: other queues may overwrite the frames after that. Throws
  /// as prepare() does, and throws ArgumentError if a frame is null or was made for another device.
  /// After an error, the device does no work for this batch any more and the frames may be
  /// destroyed; after a VulkanError, the semaphores may have been used.
  void submit(std::span<const DeviceFrame* const> frames, std::uint64_t wait = 0,
              std::uint64_t signal = 0);
  /// Whether collect() would return results without waiting. False if every submitted batch was
  /// collected. If a slice of the network is done, also submits the next slice: call ready()
  /// regularly, such as once for each frame that is drawn. Throws VulkanError.
  bool ready();
  /// Returns the results of the earliest submitted batch that was not collected yet. If this batch
  /// is not done, submits its remaining slices, each when the one before is done, and waits until
  /// the batch is done. Throws ArgumentError if every submitted batch was collected. Throws
  /// VulkanError.
  std::vector<Classification> collect();
  /// Number of batches that were submitted and not collected yet.
  std::size_t submitted() const;

  const Model& model() const;
  /// The precision in use: kFp32 or kFp16, never kAuto.
  Precision precision() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
