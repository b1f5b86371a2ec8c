#pragma once

#include <optional>
#include <vector>

#include "sys/process.h"

namespace podprobe::sys {

/// What the kernel's page table says of one page, without touching it.
struct PageState {
  bool present = false;  ///< a read of it does not fault
  bool swapped = false;  ///< a read of it brings it in from swap
};

/// The memory of one program image of a process, through /proc/PID/mem and /proc/PID/pagemap.
///
/// Bound to the address space at the time of opening: after execve(2) or exit, reads give 0 bytes.
/// A page that userfaultfd(2) has not filled is EIO here at once, where process_vm_readv(2) would wait. A page of a file
/// that is not present can wait for that file's server: ask `pages` first.
/// Errors: EACCES not permitted (PTRACE_MODE_ATTACH_FSCREDS); ESRCH exited.
/// Source: proc_pid_mem(5), proc_pid_pagemap(5), Documentation/admin-guide/mm/pagemap.rst (present bits: Linux 4.2).
class RemoteMemory {
 public:
  explicit RemoteMemory(const Process& process);

  /// Bytes read, short where a page cannot be read.
  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) const;

  /// One element for each page from the one of `address` on, at most 512. Returns how many are known: none when the
  /// address space is gone.
  std::size_t pages(std::uint64_t address, std::span<PageState> states) const;

  /// Whether the address space is still there, not left by execve(2) nor by exit.
  bool alive() const;

  /// Bytes of a page of this system.
  static std::uint64_t page_size();

 private:
  Fd memory_;
  Fd pagemap_;
};

}  // namespace podprobe::sys
