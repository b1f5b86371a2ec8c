#include "tasks/pacing.h"

#include <algorithm>
#include <random>
#include <thread>

namespace podprobe::tasks {

bool Pacing::pause(unsigned attempt) {
  using std::chrono::microseconds;
  const microseconds wait = std::min(microseconds(50) * (1 << std::min(attempt, 10U)), microseconds(2500));
  if (!allowance_.left()) return false;
  std::this_thread::sleep_for(wait);
  on_pause_();
  return allowance_.left();
}

StoppingPacing::StoppingPacing(const Allowance& allowance, std::function<void()> on_pause, const sys::Process& process,
                               std::chrono::milliseconds bound)
    : Pacing(allowance, std::move(on_pause)), process_(process), bound_(bound), stopped_(stop()) {}

bool StoppingPacing::pause(unsigned attempt) {
  stopped_.reset();
  if (!Pacing::pause(attempt)) return false;
  stopped_ = stop();
  return true;
}

std::unique_ptr<sys::StoppedProcess> StoppingPacing::stop() const {
  const auto until = Clock::now() + 4 * bound_;
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return std::make_unique<sys::StoppedProcess>(process_, bound_);
    } catch (const sys::Error& error) {
      if (error.number != EPERM || Clock::now() >= until || !allowance().left()) throw;
    }
    // two that each hold some of the threads must not try again in step
    std::this_thread::sleep_for(std::chrono::microseconds(200 + std::random_device{}() % (1000 * std::min(attempt, 4U))));
  }
}

}  // namespace podprobe::tasks
