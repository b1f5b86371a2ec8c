#pragma once

#include <sys/uio.h>

#include <span>

#include "sys/process.h"

namespace podprobe::sys {

/// What the kernel's page table says of one page, without touching it.
struct PageState {
  bool present = false;  ///< a read of it does not fault
  bool swapped = false;  ///< a read of it brings it in from swap
};

/// The memory of one program image of a process, through process_vm_readv(2) and /proc/PID/pagemap.
///
/// A read of a page that is not present can wait for whoever fills it (the server of a FUSE file, userfaultfd(2)): ask
/// `pages` first. Not /proc/PID/mem: a fault through it holds the target's mmap lock while it waits, so that the target
/// and every reader of its /proc/PID/cmdline wait too.
/// Race: process_vm_readv(2) reads whatever program the process runs; `alive` tells whether it is still this one.
/// Errors: EPERM, EACCES not permitted (PTRACE_MODE_ATTACH); ESRCH exited.
/// Source: process_vm_readv(2), proc_pid_pagemap(5), Documentation/admin-guide/mm/pagemap.rst (present bits: Linux 4.2).
class RemoteMemory {
 public:
  explicit RemoteMemory(const Process& process);

  /// Bytes read, short where a page cannot be read. All of it is present, or in swap.
  std::size_t read(std::uint64_t address, std::span<std::uint8_t> out) const;

  /// Fills several runs of bytes in as few system calls as there can be. False when one cannot be filled.
  bool gather(std::span<const iovec> local, std::span<const iovec> remote) const;

  /// One element for each page from the one of `address` on, at most 512. Returns how many are known: none when the
  /// address space is gone.
  std::size_t pages(std::uint64_t address, std::span<PageState> states) const;

  /// Whether the address space is still there, not left by execve(2) nor by exit.
  bool alive() const;

  /// Bytes of a page of this system.
  static std::uint64_t page_size();

 private:
  int task_;
  Fd pagemap_;
};

}  // namespace podprobe::sys
