#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podprobe::core {

/// One line of /proc/PID/maps.
///
/// Shape: `7f1c8a000000-7f1c8a021000 rw-p 00000000 08:01 131 /usr/lib/libc.so.6`; the path goes on to the end of the
/// line, `\n` in it printed as `\012`.
/// Units: `start` inclusive, `end` exclusive, `offset` in bytes.
/// Race: the table is a snapshot of a few lines at a time, not of the whole.
/// Source: proc_pid_maps(5), fs/proc/task_mmu.c show_map_vma().
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  bool readable = false;
  bool writable = false;
  bool executable = false;
  bool shared = false;
  std::uint64_t offset = 0;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint64_t inode = 0;
  std::string path{};

  bool file_backed() const { return inode != 0; }
};

/// The lines that are well formed, in order; at most `most` of them.
std::vector<Mapping> parse_maps(std::string_view text, std::size_t most);

/// The mapping that holds `address`, or nullptr. `mappings` is in ascending order, as the kernel prints it.
const Mapping* find_mapping(const std::vector<Mapping>& mappings, std::uint64_t address);

/// What a person calls the place: `[stack]`, `[heap]`, `anonymous`, or the path of the mapped file.
std::string region_name(const Mapping& mapping);

}  // namespace podprobe::core
