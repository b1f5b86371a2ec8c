#pragma once

#include <string>

#include "core/entries.h"

namespace podprobe::core {

/// How the target keeps its environment.
enum class Layout : std::uint8_t {
  c_vector,  ///< `char **`: a pointer variable to a NULL-terminated vector of NUL-terminated strings
  go_slice,  ///< `[]string`: {pointer, length, capacity} of {pointer, length} pairs; an unset variable leaves ""
};

/// One look at the environment, nothing of it validated against a second one.
struct Snapshot {
  std::uint64_t vector = 0;  ///< value of the pointer variable
  std::vector<std::uint64_t> pointers;
  Entries entries;
  std::string fault;  ///< why this look cannot be the whole truth; empty when it can
  std::vector<Extent> extents;  ///< all bytes it was made from

  bool operator==(const Snapshot& other) const {
    return vector == other.vector && pointers == other.pointers && entries == other.entries && fault == other.fault;
  }
};

/// Whether the bytes that `snapshot` was made from are still the same: a second look, for the price of one read. Variable
/// and vector are read before the strings and again behind them.
/// False also when they cannot be compared that way (a fault, or too many runs).
bool unchanged(Memory& memory, const Snapshot& snapshot);

/// Whether variable and vector are still the same: a string that was freed after the vector was read, and whose memory
/// was in use again when the string was read, is no longer in it.
bool still_linked(Memory& memory, const Snapshot& snapshot);

/// Reads variable, vector and strings, in this order, once.
Snapshot read_snapshot(Memory& memory, std::uint64_t variable, Layout layout, unsigned word, const Limits& limits);

/// The pointers of the NULL-terminated vector at `vector`.
struct VectorRead {
  std::vector<std::uint64_t> pointers;
  bool terminated = false;
  bool too_long = false;
};
VectorRead read_vector(Memory& memory, std::uint64_t vector, unsigned word, std::size_t most);

}  // namespace podprobe::core
