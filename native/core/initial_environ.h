#pragma once

#include "core/entries.h"

namespace podprobe::core {

/// What has become of the area that /proc/PID/environ shows.
enum class InitialState : std::uint8_t {
  intact,       ///< as execve(2) left it
  overwritten,  ///< the program wrote something else there (setproctitle)
  relocated,    ///< the kernel was told to look elsewhere (PR_SET_MM)
  empty,        ///< the program was started without variables
  unreadable,   ///< it may not be read, or the kernel gave nothing although there is something
};

/// What is known about the area, apart from its bytes.
struct InitialArea {
  std::uint64_t start = 0;  ///< env_start
  std::uint64_t end = 0;    ///< env_end
  std::uint64_t arg_end = 0;
  std::uint64_t start_stack = 0;
  std::uint64_t execfn = 0;             ///< AT_EXECFN, 0 when not known: the kernel puts that string behind the last variable
  bool vector_known = false;            ///< `vector` could be read
  std::vector<std::uint64_t> vector{};  ///< the pointers of the vector on the stack, as they are now
};

struct InitialEnviron {
  InitialState state = InitialState::unreadable;
  std::string reason;
  Entries entries;
};

/// Splits the bytes of /proc/PID/environ, which start at `area.start`, and judges them.
InitialEnviron judge_initial_environ(std::span<const std::uint8_t> bytes, const InitialArea& area, const Limits& limits);

}  // namespace podprobe::core
