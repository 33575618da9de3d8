#include "api/shared_device.h"

#include <utility>

#include "compiler/describe_device.h"

namespace gfnet {

api::SharedDeviceState& api::state_of(const SharedDevice& device) { return *device.state_; }

SharedDevice::SharedDevice(std::shared_ptr<api::SharedDeviceState> state)
    : state_(std::move(state)) {}

SharedDevice::SharedDevice(const SharedDeviceOptions& options)
    : SharedDevice(
          std::shared_ptr<api::SharedDeviceState>(new api::SharedDeviceState{tuning::TunedDevice(
              options.device, options.validation, options.cache_directory,
              {options.instance_extensions, options.device_extensions, options.graphics})})) {}

SharedDevice SharedDevice::adopt(const AdoptedDevice& device) {
  return SharedDevice(std::shared_ptr<api::SharedDeviceState>(
      new api::SharedDeviceState{tuning::TunedDevice(device)}));
}

VkInstance_T* SharedDevice::instance() const { return state_->context.instance()->handle(); }

VkPhysicalDevice_T* SharedDevice::physical_device() const {
  return state_->context.device().physical_device();
}

VkDevice_T* SharedDevice::device() const { return state_->context.device().handle(); }

VkQueue_T* SharedDevice::queue() const { return state_->context.device().queue(); }

std::uint32_t SharedDevice::queue_family() const {
  return state_->context.device().info().compute_queue_family;
}

std::mutex& SharedDevice::queue_mutex() const { return state_->context.device().queue_mutex(); }

GetInstanceProcAddr SharedDevice::get_instance_proc_addr() const {
  return reinterpret_cast<GetInstanceProcAddr>(
      state_->context.instance()->vk().vkGetInstanceProcAddr);
}

DeviceDescription SharedDevice::description() const {
  return compiler::describe(state_->context.device().info(), false);
}

SharedDevice::ValidationLog SharedDevice::validation_log() const {
  ValidationLog log;
  log.instance_ = state_->context.instance();
  return log;
}

std::vector<std::string> SharedDevice::ValidationLog::messages() const {
  return static_cast<const vulkan::Instance*>(instance_.get())->validation_messages();
}

}  // namespace gfnet
