#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/memory.h"

namespace podprobe::core {

/// Whether a string found by scanning is NAME=value with a name of printable ASCII: stricter than what libc accepts,
/// because bytes that are something else must not pass.
bool plausible(std::string_view entry);

/// Whether the string at `address` begins like one; looks at one page only.
bool may_be_entry(Memory& memory, std::uint64_t address);

/// Bounds the work of a scan, whatever the target has put into its data.
class ProbeBudget {
 public:
  /// Counts what one candidate cost: its strings, and 64 bytes of them as one more. False when nothing is left.
  bool spend(std::uint64_t strings, std::uint64_t bytes) {
    left_ -= std::min(left_, strings);
    left_ -= std::min(left_, bytes / 64);
    return left_ != 0;
  }
  bool exhausted() const { return left_ == 0; }

 private:
  std::uint64_t left_ = 500'000;
};

}  // namespace podprobe::core
