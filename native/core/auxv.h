#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace podprobe::core {

/// The auxiliary vector: what the kernel told the program's loader at execve(2).
///
/// Source: getauxval(3), /proc/PID/auxv, fs/binfmt_elf.c create_elf_tables(). A process can replace the kernel's copy
/// (PR_SET_MM_MAP), so nothing in it is trusted further than a bounded read.
struct Auxv {
  unsigned word = 0;  ///< pointer size of the program: 8 or 4
  std::uint64_t phdr = 0;
  std::uint64_t phnum = 0;
  std::uint64_t base = 0;
  std::uint64_t execfn = 0;

  bool operator==(const Auxv&) const = default;
};

/// Nothing when the bytes name neither a 64-bit nor a 32-bit program.
std::optional<Auxv> parse_auxv(std::span<const std::uint8_t> bytes);

}  // namespace podprobe::core
