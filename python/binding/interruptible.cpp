#include "interruptible.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "binding.h"
#include "system/program.h"

namespace binding {
namespace {

/// How often a waiting thread looks for signals.
constexpr std::chrono::milliseconds kBetweenLooks{50};
/// Exit status of a process that was interrupted, as the command's.
constexpr int kInterrupted = 130;

/// A call that goes on although nobody waits for it. A fork has none of its parent's threads.
struct Abandoned {
  std::mutex mutex;
  std::condition_variable ended;
  int count = 0;
  int process = 0;
};

Abandoned& abandoned() {
  static Abandoned all;
  return all;
}

/// What the waiting thread and the working thread share.
struct Call {
  std::function<void(const Stop&)> work;
  Stop stop;
  std::mutex mutex;  // guards what follows
  std::condition_variable ended;
  bool is_done = false;
  bool is_abandoned = false;
  std::exception_ptr error;
};

void finish_abandoned(Call& call) {
  {
    const nb::gil_scoped_acquire gil;
    call.work = nullptr;
    call.error = nullptr;
  }
  const std::lock_guard lock(abandoned().mutex);
  --abandoned().count;
  abandoned().ended.notify_all();
}

void run(const std::shared_ptr<Call>& call) {
  std::exception_ptr error;
  try {
    call->work(call->stop);
  } catch (...) {
    error = std::current_exception();
  }
  bool is_abandoned = false;
  {
    const std::lock_guard lock(call->mutex);
    call->error = std::exchange(error, nullptr);
    call->is_done = true;
    is_abandoned = call->is_abandoned;
    call->ended.notify_all();
  }
  if (is_abandoned) finish_abandoned(*call);
}

/// Leaves a call to its thread, unless it is done. Returns whether it was left.
bool abandon(Call& call) {
  call.stop.request();
  const std::lock_guard lock(call.mutex);
  if (call.is_done) return false;
  call.is_abandoned = true;
  const std::lock_guard all(abandoned().mutex);
  const int own = gfnet::system::process_number();
  if (std::exchange(abandoned().process, own) != own) abandoned().count = 0;
  ++abandoned().count;
  return true;
}

/// Waits for a short time. Returns whether the call is done.
bool is_done_soon(Call& call) {
  const nb::gil_scoped_release release;
  std::unique_lock lock(call.mutex);
  return call.ended.wait_for(lock, kBetweenLooks, [&call] { return call.is_done; });
}

}  // namespace

void run_interruptibly(std::function<void(const Stop& stop)> work) {
  const auto call = std::make_shared<Call>();
  call->work = std::move(work);
  std::thread(run, call).detach();
  while (!is_done_soon(*call)) {
    if (PyErr_CheckSignals() == 0) continue;
    nb::python_error raised;
    if (!abandon(*call)) call->work = nullptr;
    throw raised;
  }
  call->work = nullptr;
  if (call->error) std::rethrow_exception(std::exchange(call->error, nullptr));
}

void wait_for_calls() {
  for (;;) {
    {
      const nb::gil_scoped_release release;
      Abandoned& all = abandoned();
      std::unique_lock lock(all.mutex);
      const bool is_over = all.ended.wait_for(lock, kBetweenLooks, [&all] {
        return all.count == 0 || all.process != gfnet::system::process_number();
      });
      if (is_over) return;
    }
    if (PyErr_CheckSignals() != 0) std::_Exit(kInterrupted);
  }
}

void add_calls(nb::module_& module) {
  module.def("wait_for_calls", &wait_for_calls,
             "Waits for calls that were interrupted and that the device has not finished.");
}

}  // namespace binding
