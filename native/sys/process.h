#pragma once

#include <string>
#include <vector>

#include "sys/fd.h"

namespace podprobe::sys {

/// A process held by descriptor: a pidfd, and /proc/PID opened while the pidfd's process was still there, so that both
/// are of one process even when the number is used again.
///
/// Errors: ESRCH no such process; EINVAL or ENOENT the number is a thread's, not a process's.
/// Race: reads fail with ESRCH once the process is reaped; a zombie can be opened.
/// Source: pidfd_open(2) (since Linux 5.3), proc(5).
class Process {
 public:
  explicit Process(int pid);

  int pid() const { return pid_; }
  /// The thread that is read through: the process's first, unless that one has exited.
  int task() const { return task_; }

  /// `/proc/PID/NAME`, for messages.
  std::string path(const char* name) const;

  Fd open(const char* name, int flags) const;

  /// A file of /proc/PID, at most `most` bytes of it.
  template <class Buffer = std::string>
  Buffer read(const char* name, std::size_t most, End end = End::at_short_read) const;

  /// Target of a link such as `exe`; empty when it may not be read.
  std::string link(const char* name) const;

  /// Its root directory, held with O_PATH: /proc/PID/root, or that of another thread when the first has exited.
  /// Errors: ESRCH it has exited (`detail` says when it is a zombie); EACCES.
  Fd open_root() const;

  /// Its pidfd once more, which is readable when it has exited.
  Fd duplicate_pidfd() const;
  /// Its /proc/PID.
  const Fd& directory() const { return directory_; }

  /// Whether it has not been reaped.
  bool exists() const;

  /// `/proc/PID/task`, whatever thread is read through. Errors: ESRCH.
  Fd open_tasks() const;

  /// Thread ids of /proc/PID/task, at most `most`. Errors: ESRCH.
  std::vector<int> threads(std::size_t most) const;

  /// Reads /proc/PID/task/TID from now on: the files of a process whose first thread has exited are empty. `thread` equal
  /// to pid() goes back to /proc/PID. Errors: ESRCH, ENOENT no such thread.
  void read_through_thread(int thread);

 private:
  std::string tasks_path() const;

  int pid_;
  int task_;
  Fd pidfd_;
  Fd directory_;
  Fd thread_directory_;
};

template <class Buffer>
Buffer Process::read(const char* name, std::size_t most, End end) const {
  return read_whole<Buffer>(open(name, 0), most, end, path(name));
}

}  // namespace podprobe::sys
