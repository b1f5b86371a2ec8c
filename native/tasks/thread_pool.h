#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace podprobe::tasks {

/// A few threads of our own: a target that keeps one waiting must not cost the program a thread of libuv's pool.
///
/// A thread that is known to be stuck no longer counts (`add_capacity`) until it comes back. All are detached: a stuck
/// one cannot be joined, and ends with the program. They start when there is work.
class ThreadPool : public std::enable_shared_from_this<ThreadPool> {
 public:
  explicit ThreadPool(unsigned size) : capacity_(size) {}

  /// False when the pool is closed, or too many of its threads are stuck.
  bool enqueue(std::function<void()> job);

  /// One running job is stuck: its thread is replaced.
  void add_capacity();
  /// The same for a job that takes long, unless many do: false.
  bool try_add_capacity();
  /// That job has ended after all.
  void remove_capacity();

  /// Drops what has not begun and waits for what has, for at most `patience`.
  void close(std::chrono::milliseconds patience);

  unsigned size() const { return size_; }

  /// Whether the caller runs on a thread of a pool: one that may wait.
  static bool on_own_thread();

 private:
  static constexpr unsigned most_stuck = 64;
  static constexpr unsigned most_slow = 16;

  /// How long a thread without a job looks out for one before it sleeps.
  static constexpr std::chrono::microseconds watch{50};

  void run();
  bool watch_for_job() const;
  /// With the mutex held: one more thread, when there is a job nobody waits for and room for a thread.
  void start_thread();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::atomic<std::size_t> queued_{0};  ///< jobs_.size(), readable without the mutex
  unsigned capacity_;
  const unsigned size_ = capacity_;
  unsigned threads_ = 0;
  unsigned idle_ = 0;
  bool closed_ = false;
};

}  // namespace podprobe::tasks
