#include "tasks/pacing.h"

#include <algorithm>
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
    : Pacing(allowance, std::move(on_pause)), process_(process), bound_(bound), stopped_(std::make_unique<sys::StoppedProcess>(process, bound)) {}

bool StoppingPacing::pause(unsigned attempt) {
  stopped_.reset();
  if (!Pacing::pause(attempt)) return false;
  stopped_ = std::make_unique<sys::StoppedProcess>(process_, bound_);
  return true;
}

}  // namespace podprobe::tasks
