#include "sys/process.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "sys/directory.h"

namespace podprobe::sys {

namespace {

Fd open_pidfd(int pid) {
  const auto number = syscall(SYS_pidfd_open, pid, 0);
  if (number < 0) throw Error(errno, "pidfd_open");
  return Fd(static_cast<int>(number));
}

/// What is asked of /proc/PID/task, which is not found once the process has been reaped, be it open or not.
template <class Ask>
auto unless_reaped(Ask ask) {
  try {
    return ask();
  } catch (const Error& error) {
    if (error.number == ENOENT) throw Error(ESRCH, error.syscall, error.path);
    throw;
  }
}

}  // namespace

Process::Process(int pid) : pid_(pid), task_(pid), pidfd_(open_pidfd(pid)) {
  try {
    directory_ = open_path("/proc/" + std::to_string(pid), O_DIRECTORY | O_PATH);
  } catch (const Error& error) {
    // hidepid= shows other users' processes as missing
    if (error.number == ENOENT && !exists()) throw Error(ESRCH, error.syscall, error.path);
    throw;
  }
  if (!exists()) throw Error(ESRCH, "pidfd_send_signal");
}

std::string Process::path(const char* name) const {
  const std::string process = "/proc/" + std::to_string(pid_) + "/";
  return thread_directory_ ? process + "task/" + std::to_string(task_) + "/" + name : process + name;
}

Fd Process::open(const char* name, int flags) const {
  try {
    return open_at(thread_directory_ ? thread_directory_ : directory_, name, flags | O_RDONLY, path(name));
  } catch (const Error& error) {
    if (error.number == ENOENT && (thread_directory_ || !exists())) throw Error(ESRCH, error.syscall, error.path);
    throw;
  }
}

std::string Process::link(const char* name) const {
  return find_link(thread_directory_ ? thread_directory_ : directory_, name).value_or("");
}

Fd Process::duplicate_pidfd() const {
  const int number = fcntl(pidfd_.get(), F_DUPFD_CLOEXEC, 0);
  if (number < 0) throw Error(errno, "fcntl");
  return Fd(number);
}

bool Process::exists() const {
  // EPERM: it is there, and not ours to signal
  return syscall(SYS_pidfd_send_signal, pidfd_.get(), 0, nullptr, 0) == 0 || errno != ESRCH;
}

std::string Process::tasks_path() const { return "/proc/" + std::to_string(pid_) + "/task"; }

Fd Process::open_tasks() const {
  return unless_reaped([&] { return open_at(directory_, "task", O_DIRECTORY, tasks_path()); });
}

std::vector<int> Process::threads(std::size_t most) const {
  std::vector<int> threads;
  const Fd tasks = open_tasks();
  unless_reaped([&] {
    for_each_entry(tasks, tasks_path(), [&](const char* name, unsigned char) {
      if (const int thread = std::atoi(name); thread > 0) threads.push_back(thread);
      return threads.size() < most;
    });
  });
  return threads;
}

Fd Process::open_root() const {
  const std::string shown = "/proc/" + std::to_string(pid_) + "/root";
  const auto open_of = [&](const std::string& name) -> Fd {
    try {
      return open_at(directory_, name.c_str(), O_PATH | O_DIRECTORY, shown);
    } catch (const Error& error) {
      if (error.number != ENOENT && error.number != ESRCH) throw;
      return {};
    }
  };
  if (Fd root = open_of("root")) return root;
  constexpr std::size_t most_threads = 64;
  for (const int thread : threads(most_threads)) {
    if (Fd root = open_of("task/" + std::to_string(thread) + "/root")) return root;
  }
  throw Error(ESRCH, "open", shown, exists() ? "it is a zombie: it has exited and waits for its parent" : "");
}

void Process::read_through_thread(int thread) {
  const std::string name = "task/" + std::to_string(thread);
  thread_directory_ = thread == pid_ ? Fd() : open_at(directory_, name.c_str(), O_DIRECTORY | O_PATH, path(name.c_str()));
  task_ = thread;
}

}  // namespace podprobe::sys
