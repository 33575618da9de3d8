#pragma once

#include <exception>
#include <mutex>

namespace live {

/// The exception that ended a thread, for the thread that started it. Any thread may call any
/// function.
class ThreadError {
 public:
  /// Keeps the exception that is being handled. To be called in a catch block.
  void keep_current() {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
  }
  /// Rethrows the exception that was kept, if any.
  void rethrow() const {
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

 private:
  mutable std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace live
