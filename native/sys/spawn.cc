#include "sys/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace podprobe::sys {

namespace {

constexpr std::chrono::milliseconds longest_end{250};

class Actions {
 public:
  Actions() { posix_spawn_file_actions_init(&actions_); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void place(int from, int to) {
    if (posix_spawn_file_actions_adddup2(&actions_, from, to) != 0) throw Error(ENOMEM, "posix_spawn");
  }
  void close(int number) {
    if (posix_spawn_file_actions_addclose(&actions_, number) != 0) throw Error(ENOMEM, "posix_spawn");
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  Attributes() {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

/// Another number for it, above all that are going to be given away.
Fd lift(int number, std::size_t above) {
  const int lifted = fcntl(number, F_DUPFD_CLOEXEC, static_cast<int>(above));
  if (lifted < 0) throw Error(errno, "fcntl");
  return Fd(lifted);
}

}  // namespace

Child::Child(int pid) : pid_(pid), pidfd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}

Child::~Child() { reap(longest_end); }

bool Child::reap(std::chrono::milliseconds patience) {
  if (pid_ == 0) return true;
  pollfd ended{pidfd_.get(), POLLIN, 0};
  if (pidfd_) retry_eintr([&] { return poll(&ended, 1, static_cast<int>(patience.count())); });
  // ECHILD: somebody else in this process has waited for it
  if (retry_eintr([&] { return waitpid(pid_, nullptr, WNOHANG); }) == 0) return false;
  pid_ = 0;
  return true;
}

Child spawn(const Fd& program, std::span<const int> descriptors) {
  const std::size_t count = descriptors.size();
  Actions actions;
  std::vector<Fd> lifted;
  for (std::size_t i = 0; i < count; ++i) {
    if (descriptors[i] < 0) continue;
    lifted.push_back(lift(descriptors[i], count));
    actions.place(lifted.back().get(), static_cast<int>(i));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (descriptors[i] < 0) actions.close(static_cast<int>(i));
  }
  const Fd own = lift(program.get(), count);
  const std::string path = "/proc/self/fd/" + std::to_string(own.get());
  const Attributes attributes;
  char name[] = "podprobe";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  int pid = 0;
  const int error = posix_spawn(&pid, path.c_str(), actions.get(), attributes.get(), arguments, environment);
  if (error != 0) throw Error(error, "posix_spawn");
  return Child(pid);
}

}  // namespace podprobe::sys
