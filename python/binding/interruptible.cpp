#include "interruptible.h"

#include <atomic>
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
constexpr std::chrono::milliseconds kBetweenLooksAtEnd{5};
/// Exit status of a process that was interrupted, as the command's.
constexpr int kInterrupted = 130;

/// The calls of this process whose work goes on. Without a mutex, which a fork could copy locked.
struct Calls {
  std::atomic<int> count = 0;
  /// The process that `count` belongs to. A fork has none of its parent's threads.
  std::atomic<int> process = 0;
  /// Set when the interpreter ends, after the thread that ends it.
  std::atomic<bool> is_ending = false;
  std::thread::id ending_thread;
};

Calls& calls() {
  static Calls all;
  return all;
}

/// Whether the interpreter ends and this thread is another than the one that ends it. Python does
/// not let such a thread, a daemon, have the GIL again: it ends the thread when it asks, in the
/// middle of functions that do not expect it.
bool is_late_daemon() {
  return calls().is_ending && calls().ending_thread != std::this_thread::get_id() &&
         calls().process == gfnet::system::process_number();
}

/// What happens to a late daemon: nothing more, until the process ends. The caller does not hold
/// the GIL.
[[noreturn]] void wait_for_end() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

/// Forgets the calls of the process that this one was forked from. The caller holds the GIL.
void enter_process() {
  const int own = gfnet::system::process_number();
  if (calls().process.exchange(own) == own) return;
  calls().count = 0;
  calls().is_ending = false;
}

void begin_call() {
  enter_process();
  ++calls().count;
}

void end_call() { --calls().count; }

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
  if (is_abandoned) {
    const nb::gil_scoped_acquire gil;
    call->work = nullptr;
    call->error = nullptr;
  }
  end_call();
}

/// Leaves a call to its thread, unless it is done. Returns whether it was left.
bool abandon(Call& call) {
  call.stop.request();
  const std::lock_guard lock(call.mutex);
  if (call.is_done) return false;
  call.is_abandoned = true;
  return true;
}

/// Waits for a short time. Returns whether the call is done.
bool is_done_soon(Call& call) {
  const nb::gil_scoped_release release;
  bool is_done = false;
  {
    std::unique_lock lock(call.mutex);
    is_done = call.ended.wait_for(lock, kBetweenLooks, [&call] { return call.is_done; });
  }
  if (is_late_daemon()) {
    call.stop.request();
    wait_for_end();
  }
  return is_done;
}

}  // namespace

void run_interruptibly(std::function<void(const Stop& stop)> work) {
  if (is_late_daemon()) {
    const nb::gil_scoped_release release;
    wait_for_end();
  }
  const auto call = std::make_shared<Call>();
  call->work = std::move(work);
  begin_call();
  try {
    std::thread(run, call).detach();
  } catch (...) {
    end_call();
    throw;
  }
  while (!is_done_soon(*call)) {
    if (PyErr_CheckSignals() == 0) continue;
    nb::python_error raised;
    if (!abandon(*call)) call->work = nullptr;
    throw raised;
  }
  call->work = nullptr;
  if (call->error) std::rethrow_exception(std::exchange(call->error, nullptr));
}

void end_calls() {
  Calls& all = calls();
  enter_process();
  all.ending_thread = std::this_thread::get_id();
  all.is_ending = true;
  do {
    {
      // Threads that waited for the GIL when is_ending was set get it now. How long that takes is a
      // guess: one that gets it later is ended by Python.
      const nb::gil_scoped_release release;
      std::this_thread::sleep_for(kBetweenLooksAtEnd);
    }
    if (all.count > 0 && PyErr_CheckSignals() != 0) std::_Exit(kInterrupted);
  } while (all.count > 0);
}

void add_calls(nb::module_& module) {
  module.def("end_calls", &end_calls,
             "Waits for calls that go on: they were interrupted, or are those of daemon threads.");
}

}  // namespace binding
