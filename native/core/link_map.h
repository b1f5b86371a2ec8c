#pragma once

#include <string>

#include "core/elf.h"

namespace podprobe::core {

/// One object of the loader's chain, as debuggers see it.
///
/// Source: <link.h> struct link_map (glibc and musl share its first four members).
struct LoadedObject {
  std::uint64_t base = 0;     ///< l_addr
  std::uint64_t dynamic = 0;  ///< l_ld
  std::string name;           ///< l_name: empty for the program itself; the target's word, for people only
};

struct LinkMap {
  std::vector<LoadedObject> objects;
  bool complete = false;  ///< the chain ended with NULL within bounds
  bool consistent = true; ///< r_state says that no object is just being added
};

/// Walks r_debug.r_map. At most 4,096 objects, fewer when the chain repeats.
LinkMap read_link_map(Memory& memory, std::uint64_t r_debug, unsigned word);

}  // namespace podprobe::core
