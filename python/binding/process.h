#pragma once

#include <gfnet/error.h>

namespace binding {

/// A device is used in a process that was forked from one that has used a device. Vulkan's drivers
/// do not survive a fork: their threads are gone, and their locks may be held for ever.
class ForkError : public gfnet::Error {
 public:
  ForkError();
};

/// Must be called before each use of a device. The first call sets the environment variables that
/// drivers read (gfnet/driver_environment.h). Throws ForkError in a process that was forked after
/// that first call.
void enter_devices();

/// Whether this process was forked from one that has used a device. What refers to a device must
/// then not be destroyed.
bool is_fork_of_device_user();

}  // namespace binding
