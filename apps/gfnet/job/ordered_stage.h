#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace app {

/// Limits for an OrderedStage: how far the stage may run ahead of the consumer, which is the thread
/// that calls next().
struct StageLimits {
  /// Number of threads, at least 1.
  std::size_t threads = 1;
  /// Largest number of items that are started and whose results the consumer has not taken yet; at
  /// least 1.
  std::size_t items = 1;
  /// Limit for the total weight, for example bytes, that items at work have reserved and that
  /// results have which the consumer has not taken. A reservation above it waits, but not that of
  /// the item whose result the consumer takes next.
  std::size_t weight = static_cast<std::size_t>(-1);
};

/// What OrderedStage::Reserve throws while the stage is being destroyed.
struct StageStopped {};

/// Applies `work` to every item of a source, on several threads, and returns the results in the
/// source's order. If the source or `work` throws, next() throws that exception in place of the
/// result. If the system starts fewer threads than asked for, these do the work. If it starts none,
/// the constructor throws std::system_error.
template <typename In, typename Out>
class OrderedStage {
 public:
  /// Returns the next item, or nothing at the end. OrderedStage calls this function from one thread
  /// at a time.
  using Source = std::function<std::optional<In>()>;
  /// Reserves weight for the result of the item at work, in place of what it has reserved. Waits
  /// until the weight is free. Throws StageStopped, which `work` has to let pass.
  using Reserve = std::function<void(std::size_t weight)>;
  using Work = std::function<Out(In, const Reserve&)>;

  OrderedStage(Source source, Work work, const StageLimits& limits)
      : source_(std::move(source)), work_(std::move(work)), limits_(limits), slots_(limits.items) {
    try {
      for (std::size_t i = 0; i < limits.threads; ++i) {
        threads_.emplace_back([this] { run(); });
      }
    } catch (const std::system_error&) {
      // The system allows no more threads: those that there are do the work.
      if (threads_.empty()) throw;
    }
  }

  /// Starts no more items. Waits for items that have been started; ends those that wait for weight.
  ~OrderedStage() {
    {
      const std::scoped_lock lock(mutex_);
      stops_ = true;
    }
    room_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  OrderedStage(const OrderedStage&) = delete;
  OrderedStage& operator=(const OrderedStage&) = delete;

  /// Waits for the next result and returns it, or nothing at the end. Only one thread may call
  /// next().
  std::optional<Out> next() {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[taken_ % limits_.items];
    ready_.wait(lock, [&] { return slot.done || (ended_ && taken_ == started_); });
    if (!slot.done) return std::nullopt;
    Slot result = std::exchange(slot, {});
    ++taken_;
    held_ -= result.weight;
    lock.unlock();
    room_.notify_all();
    if (result.error) std::rethrow_exception(result.error);
    return std::move(result.value);
  }

  /// Whether next() would return at once.
  bool ready() const {
    const std::scoped_lock lock(mutex_);
    return slots_[taken_ % limits_.items].done || (ended_ && taken_ == started_);
  }

 private:
  struct Slot {
    bool done = false;
    std::optional<Out> value;
    std::exception_ptr error;
    std::size_t weight = 0;
  };

  void run() {
    for (;;) {
      std::size_t place = 0;
      Slot result;
      std::optional<In> item;
      {
        const std::scoped_lock turn(source_mutex_);  // items are numbered in the source's order
        if (!wait_for_room()) return;
        try {
          item = source_();
        } catch (...) {
          result.error = std::current_exception();
        }
        const std::scoped_lock lock(mutex_);
        ended_ = !item;
        if (item || result.error) place = started_++;
        if (!item) ready_.notify_one();
        if (!item && !result.error) return;
      }
      if (item) result = work_on(std::move(*item), place);
      finish(place, std::move(result));
    }
  }

  bool wait_for_room() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
      return stops_ || ended_ || (started_ - taken_ < limits_.items && held_ < limits_.weight);
    });
    return !ended_ && !stops_;
  }

  Slot work_on(In item, std::size_t place) {
    Slot result;
    const Reserve reserve = [&](std::size_t weight) {
      std::unique_lock lock(mutex_);
      if (result.weight > 0) room_.notify_all();
      held_ -= std::exchange(result.weight, 0);
      room_.wait(lock, [&] {
        const bool fits = held_ <= limits_.weight && weight <= limits_.weight - held_;
        return stops_ || fits || weight == 0 || place == taken_;
      });
      if (stops_) throw StageStopped();
      held_ += result.weight = weight;
    };
    try {
      result.value.emplace(work_(std::move(item), reserve));
    } catch (...) {
      result.error = std::current_exception();
    }
    return result;
  }

  void finish(std::size_t place, Slot result) {
    const std::scoped_lock lock(mutex_);
    result.done = true;
    slots_[place % limits_.items] = std::move(result);
    if (place == taken_) ready_.notify_one();
  }

  Source source_;
  Work work_;
  StageLimits limits_;

  std::mutex source_mutex_;   // taken before mutex_
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable ready_;
  std::condition_variable room_;
  std::vector<Slot> slots_;
  std::size_t started_ = 0;
  std::size_t taken_ = 0;
  std::size_t held_ = 0;
  bool ended_ = false;
  bool stops_ = false;  // the stage is being destroyed

  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace app
