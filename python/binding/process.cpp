#include "process.h"

#include <gfnet/driver_environment.h>
#include <unistd.h>

#include <atomic>

namespace binding {
namespace {

/// The process that used a device first; 0 before that. A fork inherits it.
std::atomic<pid_t> user{0};

}  // namespace

ForkError::ForkError()
    : Error(
          "this process was forked from one that has used a Vulkan device, which no driver "
          "survives; start worker processes with the method 'spawn' or 'forkserver' "
          "(multiprocessing.set_start_method), or use gfnet in the workers only") {}

void enter_devices() {
  pid_t none = 0;
  if (user.compare_exchange_strong(none, getpid())) {
    gfnet::prepare_driver_environment();
    return;
  }
  if (is_fork_of_device_user()) throw ForkError();
}

bool is_fork_of_device_user() {
  const pid_t first = user.load();
  return first != 0 && first != getpid();
}

}  // namespace binding
