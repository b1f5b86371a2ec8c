#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "core/live_environ.h"
#include "sys/process.h"
#include "sys/stop.h"

namespace podprobe::tasks {

using Clock = std::chrono::steady_clock;

/// Until when a task may go on.
struct Allowance {
  Clock::time_point deadline{};
  std::chrono::milliseconds timeout{};  ///< how long before `deadline` it began
  std::shared_ptr<std::atomic<bool>> cancelled{};

  bool left() const { return !*cancelled && Clock::now() < deadline; }
  /// What to fail with when nothing is left.
  sys::Error timed_out() const {
    return {ETIMEDOUT, "read", {}, "it gave no answer within " + std::to_string(timeout.count()) + " ms"};
  }
};

/// Waits between two looks: 0.1 ms at first, 2.5 ms from the sixth on.
class Pacing : public core::Pacer {
 public:
  /// `on_pause` is called after each wait.
  Pacing(const Allowance& allowance, std::function<void()> on_pause) : allowance_(allowance), on_pause_(std::move(on_pause)) {}
  bool pause(unsigned attempt) override;

 private:
  const Allowance& allowance_;
  std::function<void()> on_pause_;
};

/// Keeps the target stopped while it is looked at, and lets it run in between.
class StoppingPacing final : public Pacing {
 public:
  StoppingPacing(const Allowance& allowance, std::function<void()> on_pause, const sys::Process& process,
                 std::chrono::milliseconds bound);
  bool pause(unsigned attempt) override;

 private:
  const sys::Process& process_;
  std::chrono::milliseconds bound_;
  std::unique_ptr<sys::StoppedProcess> stopped_;
};

}  // namespace podprobe::tasks
