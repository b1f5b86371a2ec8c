#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "sys/error.h"
#include "tasks/pacing.h"
#include "tasks/thread_pool.h"

namespace podprobe::tasks {

/// A batch as its owner sees it while it runs, whatever it computes.
class AnyBatch {
 public:
  virtual ~AnyBatch() = default;
  /// Gives up, with ETIMEDOUT, on what has run for longer than the timeout.
  virtual void expire() = 0;
  /// Gives up on everything, with ECANCELED.
  virtual void cancel() = 0;
};

/// Whether a transaction that takes long is one that waits. Else it computes, and one more thread would only take the
/// processor from the others.
template <class Result>
constexpr bool takes_long_by_waiting = true;

/// Independent transactions, each with an outcome of its own and `timeout` to get it; two threads at most run at a time
/// so that a batch leaves the others to single reads.
template <class Result>
class Batch final : public AnyBatch, public std::enable_shared_from_this<Batch<Result>> {
 public:
  using Outcome = std::variant<std::monostate, Result, sys::Error>;
  using Work = std::function<Result(std::size_t index, const Allowance&)>;

  /// `done` is called once, from any thread, when every transaction has its outcome.
  Batch(std::shared_ptr<ThreadPool> pool, std::size_t count, std::chrono::milliseconds timeout, Work work, std::function<void()> done)
      : pool_(std::move(pool)), outcomes_(count), timeout_(timeout), work_(std::move(work)), done_(std::move(done)) {}

  void start() {
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < std::min<std::size_t>(outcomes_.size(), 2); ++i) start_worker();
    finish_if_settled(lock);
  }

  /// Also has the threads replaced that have been kept waiting for a while: others have their turn before the timeout.
  void expire() override {
    if constexpr (takes_long_by_waiting<Result>) replace_slow(Clock::now() - patience);
    give_up(Clock::now() - timeout_, Allowance{{}, timeout_, {}}.timed_out(), false);
  }

  void cancel() override { give_up(Clock::time_point::max(), sys::Error(ECANCELED, "read"), true); }

  /// After `done`.
  std::vector<Outcome>& outcomes() { return outcomes_; }

 private:
  struct Running {
    std::size_t index;
    Clock::time_point since;
    Allowance allowance;
    bool replaced = false;
    bool given_up = false;
  };

  static constexpr std::chrono::milliseconds patience{100};

  void start_worker() {
    if (pool_->enqueue([self = this->shared_from_this()] { self->run(); })) return;
    settle_rest(sys::Error(EAGAIN, "read", {}, "too many earlier reads are stuck"));
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (next_ < outcomes_.size()) {
      const std::size_t index = next_++;
      const Clock::time_point now = Clock::now();
      const auto running = running_.insert(
          running_.end(), Running{index, now, Allowance{now + timeout_, timeout_, std::make_shared<std::atomic<bool>>(false)}});
      lock.unlock();
      Outcome outcome = attempt(index, running->allowance);
      lock.lock();
      const auto [replaced, given_up] = std::pair(running->replaced, running->given_up);
      running_.erase(running);
      if (replaced) pool_->remove_capacity();
      if (given_up) return;
      outcomes_[index] = std::move(outcome);
      ++settled_;
    }
    finish_if_settled(lock);
  }

  Outcome attempt(std::size_t index, const Allowance& allowance) {
    try {
      return work_(index, allowance);
    } catch (const sys::Error& error) {
      return error;
    } catch (const std::bad_alloc&) {
      return sys::Error(ENOMEM, "read");
    }
  }

  void replace_slow(Clock::time_point started_until) {
    const std::lock_guard lock(mutex_);
    for (Running& running : running_) {
      if (running.since <= started_until && !running.replaced) running.replaced = pool_->try_add_capacity();
    }
  }

  void give_up(Clock::time_point started_until, const sys::Error& why, bool rest_too) {
    std::unique_lock lock(mutex_);
    for (Running& running : running_) {
      if (running.given_up || running.since > started_until) continue;
      running.given_up = true;
      *running.allowance.cancelled = true;
      outcomes_[running.index] = why;
      ++settled_;
      if (!std::exchange(running.replaced, true)) pool_->add_capacity();
      if (!rest_too && next_ < outcomes_.size()) start_worker();
    }
    if (rest_too) settle_rest(why);
    finish_if_settled(lock);
  }

  void settle_rest(const sys::Error& why) {
    for (; next_ < outcomes_.size(); ++settled_) outcomes_[next_++] = why;
  }

  void finish_if_settled(std::unique_lock<std::mutex>& lock) {
    if (settled_ != outcomes_.size() || !done_) return;
    const std::function<void()> done = std::exchange(done_, nullptr);
    lock.unlock();
    done();
  }

  std::shared_ptr<ThreadPool> pool_;
  std::mutex mutex_;
  std::vector<Outcome> outcomes_;
  std::list<Running> running_;
  std::size_t next_ = 0;
  std::size_t settled_ = 0;
  std::chrono::milliseconds timeout_;
  Work work_;
  std::function<void()> done_;
};

}  // namespace podprobe::tasks
