#pragma once

#include "core/location.h"

namespace podprobe::core {

/// How far a live environment can be trusted.
enum class LiveState : std::uint8_t {
  ok,          ///< what getenv(3) in the target would have returned at one moment during the call
  unknown,     ///< not found, cut by a limit, or not yet set up
  unstable,    ///< kept changing, or looked like the middle of a change
  ambiguous,   ///< more than one candidate
  unreadable,  ///< the target's memory may not, or cannot, be read
};

/// The answer about one process at one moment; `reason` says why whenever `state` is not `ok`.
struct LiveEnviron {
  LiveState state = LiveState::unknown;
  std::string reason;
  Entries entries;
  std::uint64_t vector = 0;
};

/// Waits between two looks. A pure core has no clock.
class Pacer {
 public:
  virtual ~Pacer() = default;
  /// Waits before look number `attempt` (1, 2, …), longer each time. False: no time is left.
  virtual bool pause(unsigned attempt) = 0;
};

/// Looks at the environment until one state of it was seen five times, eight times when it is changing.
///
/// Race: the target runs. A vector that names one variable twice, has an entry without `=`, or is empty can be the middle
/// of unsetenv(3), of a realloc(3) or of the program's start, by a writer that was preempted there: such an answer
/// must stand unchanged for about 25 ms, and one that lists a string twice is never `ok`.
LiveEnviron read_live_environ(Memory& memory, const Location& location, const Limits& limits, Pacer& pacer);

}  // namespace podprobe::core
