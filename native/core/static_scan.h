#pragma once

#include "core/image.h"
#include "core/location.h"

namespace podprobe::core {

/// What the scan of a static program without symbols knows before it starts.
struct StaticProgram {
  Memory& memory;
  Memory& file;  ///< the program's file, for its code
  const Image& image;
  std::uint64_t start_stack;   ///< where argc stands
  std::uint64_t first_vector;  ///< the vector the kernel made, behind argv
};

/// Finds `__environ` in writable data: words that hold the kernel's vector, or a vector all of whose entries are
/// NAME=value, ranked by how often the code refers to them.
///
/// Measured: `__environ` is referred to 16 to 27 times in glibc, 8 to 19 times in musl; the copies that libc keeps of
/// older vectors (`last_environ`, `oldenv`, `env_alloced`) at most 5 times. A candidate below 6 is not taken.
Located scan_static_program(const StaticProgram& program);

}  // namespace podprobe::core
