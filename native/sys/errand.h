#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "errand/protocol.h"
#include "sys/fd.h"
#include "sys/spawn.h"

namespace podprobe::sys {

/// A process of ours that makes system calls which may never return: native/errand. Who waits for it waits on a socket, and so
/// can be killed; what a server of a file system keeps in the kernel is the errand.
///
/// It ends with its owner, with the thread that started it (but for ERRAND_SETTLE) and with this process; where the kernel keeps
/// it, as soon as that lets it go.
class Errand {
 public:
  /// Errors: those of open(2) and posix_spawn(3) on the program.
  Errand();
  ~Errand();
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  /// The program, which is built with the addon.
  static void use_program(const std::string& path);

  /// The one that this thread keeps, or a new one; nullptr where no process can be started (limits, seccomp).
  /// Errors: EAGAIN the kernel keeps too many that have been let go.
  static std::unique_ptr<Errand> borrow();
  /// To be kept by this thread, once it has closed its file; if that takes long, it is let go.
  static void give_back(std::unique_ptr<Errand> errand);

  /// As openat2(2) with O_PATH, by an errand: -1 with errno on failure. Where there is none, the thread itself does it.
  /// Errors: those of borrow().
  static int walk(const Fd& from, const std::string& path, int flags, std::uint64_t resolve);

  /// One call; `held` takes the place of the file it is about. Gives what the system call gives, -errno on failure.
  /// Errors: ECHILD the errand has gone.
  long ask(const errand_request& request, const char* name = "", std::span<std::uint8_t> out = {}, const Fd* held = nullptr);

 private:
  void send(const errand_request& request, const char* name, const Fd* held);
  long receive(std::span<std::uint8_t> out, Fd& given);
  bool close_soon();

  std::mutex mutex_;
  Child process_;
  Fd socket_;
};

}  // namespace podprobe::sys
