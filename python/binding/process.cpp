#include "process.h"

#include <gfnet/driver_environment.h>

#include <atomic>

#include "system/program.h"

namespace binding {
namespace {

/// The process that used a device first; 0 before that. A fork inherits it.
std::atomic<int> user{0};

}  // namespace

ForkError::ForkError()
    : Error(
          "this process was forked from one that has used a Vulkan device, which no driver "
          "survives; start worker processes with the method 'spawn' or 'forkserver' "
          "(multiprocessing.set_start_method), or use gfnet in the workers only") {}

void enter_devices() {
  int none = 0;
  if (user.compare_exchange_strong(none, gfnet::system::process_number())) {
    gfnet::prepare_driver_environment();
    return;
  }
  if (is_fork_of_device_user()) throw ForkError();
}

bool is_fork_of_device_user() {
  const int first = user.load();
  return first != 0 && first != gfnet::system::process_number();
}

}  // namespace binding
