#pragma once

#include "core/auxv.h"
#include "core/location.h"
#include "core/maps.h"

namespace podprobe::core {

/// What the search for the environment may ask about a process. Each question is asked only when it is needed.
class Program {
 public:
  virtual ~Program() = default;
  /// Its memory, for structures that stay as they are (may be cached).
  virtual Memory& memory() = 0;
  /// The file of /proc/PID/exe by offset, or nullptr when it may not be read.
  virtual Memory* executable() = 0;
  /// /proc/PID/maps in ascending order; empty when it may not be read.
  virtual const std::vector<Mapping>& mappings() = 0;
  /// The target of the link /proc/PID/exe; empty when it may not be read.
  virtual const std::string& executable_path() = 0;
  /// The environment execve(2) was given.
  virtual const Entries& initial() = 0;
};

/// The vector that the kernel put behind argv on the stack, at execve(2).
std::optional<std::uint64_t> first_vector(Memory& memory, std::uint64_t start_stack, unsigned word);

/// Finds the variable that getenv(3) of the program starts from.
///
/// In this order: the dynamic symbol `__environ` in the loader's chain of the program's own namespace (a COPY
/// relocation puts it into the program); `.symtab` of its file; for a static program without symbols the words of its
/// data. Go programs without a libc: `syscall.envs` likewise.
Located locate_environ(Program& program, const Auxv& auxv, std::uint64_t start_stack);

/// Whether a variable that is NULL was set to it by the program, of which the kernel's vector was not empty: until its libc, or
/// the runtime of Go, has taken over that vector, the variable is NULL as well. False for what cannot be told.
///
/// Race: the program may have come to it since the variable was read; what is read after this answer is true.
/// Source: glibc csu/init-first.c _init_first(), csu/libc-start.c; musl src/env/__libc_start_main.c; Go src/syscall/env_unix.go.
bool cleared_by_itself(Program& program, const Auxv& auxv, const Location& location);

}  // namespace podprobe::core
