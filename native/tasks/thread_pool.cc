#include "tasks/thread_pool.h"

#include <thread>

namespace podprobe::tasks {

namespace {

thread_local bool own_thread = false;

}  // namespace

bool ThreadPool::enqueue(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || capacity_ > size_ + most_stuck) return false;
    jobs_.push_back(std::move(job));
    queued_ = jobs_.size();
    start_thread();
  }
  // without the mutex: the thread that is woken takes it at once
  changed_.notify_one();
  return true;
}

void ThreadPool::start_thread() {
  if (closed_ || idle_ >= jobs_.size() || threads_ >= capacity_) return;
  ++threads_;
  std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void ThreadPool::add_capacity() {
  const std::lock_guard lock(mutex_);
  ++capacity_;
  start_thread();
}

bool ThreadPool::try_add_capacity() {
  const std::lock_guard lock(mutex_);
  if (capacity_ >= size_ + most_slow) return false;
  ++capacity_;
  start_thread();
  return true;
}

void ThreadPool::remove_capacity() {
  const std::lock_guard lock(mutex_);
  --capacity_;
}

void ThreadPool::close(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  closed_ = true;
  jobs_.clear();
  queued_ = 0;
  changed_.notify_all();
  changed_.wait_for(lock, patience, [&] { return threads_ == 0; });
}

bool ThreadPool::watch_for_job() const {
  const auto until = std::chrono::steady_clock::now() + watch;
  while (std::chrono::steady_clock::now() < until) {
    if (queued_ != 0) return true;
  }
  return false;
}

bool ThreadPool::on_own_thread() { return own_thread; }

void ThreadPool::run() {
  own_thread = true;
  std::unique_lock lock(mutex_);
  while (!closed_ && threads_ <= capacity_) {
    if (jobs_.empty()) {
      ++idle_;
      // a caller that awaits one read after the other has its next job here sooner than a sleeping thread wakes up
      lock.unlock();
      const bool soon = watch_for_job();
      lock.lock();
      if (!soon && jobs_.empty() && !closed_) changed_.wait(lock);
      --idle_;
      continue;
    }
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    queued_ = jobs_.size();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
  --threads_;
  changed_.notify_all();
}

}  // namespace podprobe::tasks
