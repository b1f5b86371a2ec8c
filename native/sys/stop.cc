#include "sys/stop.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "sys/raw_syscall.h"

namespace podprobe::sys {

namespace {

constexpr std::size_t most_threads = 32'768;
constexpr std::size_t stack_size = 64 << 10;
constexpr long poll_nanoseconds = 20'000;

using Clock = std::chrono::steady_clock;

/// Who of this program stops which process: the kernel allows one tracer each, so this is one list for all threads. A
/// turn ends with its bound even when its owner is stuck, as the tracing does.
class Turns {
 public:
  /// The end of the turn, by which it is given back; nothing when others are in the way for too long.
  std::optional<Clock::time_point> take(int pid, std::chrono::milliseconds bound) {
    std::unique_lock lock(mutex_);
    const Clock::time_point patience = Clock::now() + longest_queue * bound;
    for (;;) {
      const auto holder = ends_.find(pid);
      if (holder == ends_.end() || holder->second <= Clock::now()) break;
      if (Clock::now() >= patience) return std::nullopt;
      given_.wait_until(lock, std::min(holder->second, patience));
    }
    return ends_[pid] = Clock::now() + bound + slack;
  }

  void give(int pid, Clock::time_point end) {
    const std::lock_guard lock(mutex_);
    const auto holder = ends_.find(pid);
    if (holder != ends_.end() && holder->second == end) ends_.erase(holder);
    given_.notify_all();
  }

 private:
  static constexpr int longest_queue = 8;
  static constexpr std::chrono::milliseconds slack{20};

  std::mutex mutex_;
  std::condition_variable given_;
  std::map<int, Clock::time_point> ends_;
};

Turns& turns() {
  static Turns all;
  return all;
}

enum Phase : std::uint32_t { seizing, stopped, releasing, finished };

}  // namespace

/// What the caller and the tracing task share. The task allocates nothing and leaves errno alone: it runs on the
/// caller's thread pointer.
struct StoppedProcess::Tracer {
  std::atomic<std::uint32_t> phase{seizing};
  std::atomic<long> failure{0};
  int pid = 0;
  Clock::time_point turn{};
  int task_directory = -1;
  int parent = 0;
  timespec deadline{};
  std::vector<int> threads = std::vector<int>(most_threads);
  std::size_t count = 0;
  std::vector<std::uint8_t> stack = std::vector<std::uint8_t>(stack_size);
  int task = -1;

  /// Called by the owner: waits for the task's end. False: it runs on.
  bool reap(int flags) const;

  static int run(void* self);
  void trace();
  bool expired() const;
  bool seize_new_threads(bool& any);
  bool seize(int thread);
  bool has_exited(int thread) const;
  bool wait_until_stopped();
  void detach();
  void announce(Phase next);
  void await_release();
};

bool StoppedProcess::Tracer::reap(int flags) const {
  siginfo_t info{};
  const int result = retry_eintr([&] { return waitid(P_PID, static_cast<id_t>(task), &info, WEXITED | __WALL | flags); });
  return result != 0 || info.si_pid != 0;
}

bool StoppedProcess::Tracer::expired() const {
  timespec now{};
  raw_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, reinterpret_cast<long>(&now));
  return now.tv_sec > deadline.tv_sec || (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

/// By the state in /proc/PID/task/TID/stat: the letter behind the last `)`.
bool StoppedProcess::Tracer::has_exited(int thread) const {
  std::array<char, 24> name{};
  std::size_t digits = 1;
  for (int rest = thread; rest >= 10; rest /= 10) ++digits;
  for (std::size_t i = digits; i-- > 0; thread /= 10) name[i] = static_cast<char>('0' + thread % 10);
  constexpr char file[] = "/stat";
  for (std::size_t i = 0; i < sizeof file; ++i) name[digits + i] = file[i];
  const long stat = raw_syscall(SYS_openat, task_directory, reinterpret_cast<long>(name.data()), O_RDONLY | O_CLOEXEC);
  if (stat < 0) return true;
  std::array<char, 256> line;
  const long size = raw_syscall(SYS_read, stat, reinterpret_cast<long>(line.data()), line.size());
  raw_syscall(SYS_close, stat);
  for (long i = size - 1; i >= 0; --i) {
    if (line[static_cast<std::size_t>(i)] != ')') continue;
    const char state = i + 2 < size ? line[static_cast<std::size_t>(i) + 2] : 'X';
    return state == 'Z' || state == 'X';
  }
  return true;
}

bool StoppedProcess::Tracer::seize(int thread) {
  for (std::size_t i = 0; i < count; ++i) {
    if (threads[i] == thread) return false;
  }
  if (count == most_threads) {
    failure = -E2BIG;
    return false;
  }
  const long result = raw_syscall(SYS_ptrace, PTRACE_SEIZE, thread, 0, 0);
  // ESRCH: it is gone since it was listed; the kernel refuses one that has exited and is not reaped with EPERM
  if (result == -ESRCH || (result == -EPERM && has_exited(thread))) return false;
  if (result != 0) {
    failure = result;
    return false;
  }
  threads[count++] = thread;
  raw_syscall(SYS_ptrace, PTRACE_INTERRUPT, thread, 0, 0);
  return true;
}

/// One pass over /proc/PID/task; `any` says whether it found a thread that was not known.
bool StoppedProcess::Tracer::seize_new_threads(bool& any) {
  any = false;
  raw_syscall(SYS_lseek, task_directory, 0, SEEK_SET);
  alignas(8) std::array<std::uint8_t, 4096> buffer;
  for (;;) {
    const long size = raw_syscall(SYS_getdents64, task_directory, reinterpret_cast<long>(buffer.data()), buffer.size());
    if (size < 0) failure = size == -ENOENT ? -ESRCH : size;  // ENOENT: it has been reaped
    if (size <= 0) return failure == 0;
    for (long at = 0; at + 19 <= size;) {
      // struct linux_dirent64: d_ino, d_off, u16 d_reclen at 16, d_type, d_name at 19
      const std::uint8_t* const entry = buffer.data() + at;
      int thread = 0;
      for (const std::uint8_t* c = entry + 19; *c >= '0' && *c <= '9'; ++c) thread = thread * 10 + (*c - '0');
      if (thread != 0 && seize(thread)) any = true;
      if (failure != 0) return false;
      if (expired()) return any = true;  // the list was not read to its end
      at += entry[16] | entry[17] << 8;
    }
  }
}

bool StoppedProcess::Tracer::wait_until_stopped() {
  for (std::size_t i = 0; i < count;) {
    siginfo_t info{};
    // WNOWAIT: a signal that stopped the thread on its way is not lost when we die before it is passed on
    const long result = raw_syscall(SYS_waitid, P_PID, threads[i], reinterpret_cast<long>(&info),
                                    WSTOPPED | WNOHANG | WNOWAIT | __WALL, 0);
    if (result < 0 || info.si_pid != 0) {
      ++i;
      continue;
    }
    if (expired()) return false;
    const timespec pause{0, poll_nanoseconds};
    raw_syscall(SYS_nanosleep, reinterpret_cast<long>(&pause), 0);
  }
  return true;
}

void StoppedProcess::Tracer::detach() {
  for (std::size_t i = 0; i < count; ++i) {
    siginfo_t info{};
    raw_syscall(SYS_waitid, P_PID, threads[i], reinterpret_cast<long>(&info), WSTOPPED | WNOHANG | WNOWAIT | __WALL, 0);
    // it may come to a stop, on a signal, now: our end lets it go with that signal
    if (info.si_pid == 0) continue;
    const bool on_signal = (info.si_status >> 8) == 0;
    raw_syscall(SYS_ptrace, PTRACE_DETACH, threads[i], 0, on_signal ? info.si_status : 0);
  }
}

void StoppedProcess::Tracer::announce(Phase next) {
  phase = next;
  raw_syscall(SYS_futex, reinterpret_cast<long>(&phase), FUTEX_WAKE_PRIVATE, 1);
}

void StoppedProcess::Tracer::await_release() {
  while (phase == stopped && !expired()) {
    raw_syscall(SYS_futex, reinterpret_cast<long>(&phase), FUTEX_WAIT_BITSET_PRIVATE, stopped,
                reinterpret_cast<long>(&deadline), 0, static_cast<long>(FUTEX_BITSET_MATCH_ANY));
  }
}

void StoppedProcess::Tracer::trace() {
  bool any = true;
  while (any && !expired()) {
    if (!seize_new_threads(any)) return;
  }
  if (failure == 0 && count == 0 && !expired()) failure = -ESRCH;
  if (failure == 0 && (any || !wait_until_stopped())) failure = -ETIMEDOUT;
  if (failure != 0) return;
  announce(stopped);
  await_release();
}

int StoppedProcess::Tracer::run(void* self) {
  auto& tracer = *static_cast<Tracer*>(self);
  raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  if (raw_syscall(SYS_getppid) == tracer.parent) tracer.trace();
  tracer.detach();
  tracer.announce(finished);
  raw_syscall(SYS_exit, 0);
  return 0;
}

StoppedProcess::StoppedProcess(const Process& process, std::chrono::milliseconds bound) : tracer_(std::make_unique<Tracer>()) {
  if (process.pid() == getpid()) throw Error(EDEADLK, "ptrace", process.path("task"), "a process cannot stop itself");
  const Fd tasks = process.open_tasks();
  const auto turn = turns().take(process.pid(), bound);
  if (!turn) {
    throw Error(ETIMEDOUT, "ptrace", process.path("task"), "other reads of this program keep it stopped");
  }
  tracer_->pid = process.pid();
  tracer_->turn = *turn;
  try {
    start(process, tasks, bound);
  } catch (...) {
    turns().give(process.pid(), *turn);
    throw;
  }
}

void StoppedProcess::start(const Process& process, const Fd& tasks, std::chrono::milliseconds bound) {
  tracer_->task_directory = tasks.get();
  tracer_->parent = getpid();
  clock_gettime(CLOCK_MONOTONIC, &tracer_->deadline);
  const long nanoseconds = tracer_->deadline.tv_nsec + static_cast<long>(bound.count() % 1000) * 1'000'000;
  tracer_->deadline.tv_sec += bound.count() / 1000 + nanoseconds / 1'000'000'000;
  tracer_->deadline.tv_nsec = nanoseconds % 1'000'000'000;

  // the task must never run one of this program's signal handlers
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  tracer_->task = clone(&Tracer::run, tracer_->stack.data() + tracer_->stack.size(), CLONE_VM | CLONE_FILES, tracer_.get());
  const int number = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (tracer_->task < 0) throw Error(number, "clone");

  while (tracer_->phase == seizing) {
    const timespec patience{1, 0};
    syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&tracer_->phase), FUTEX_WAIT_PRIVATE, seizing, &patience, nullptr, 0);
    if (tracer_->phase == seizing && tracer_->reap(WNOHANG)) throw Error(ECHILD, "ptrace", process.path("task"));
  }
  if (tracer_->failure != 0) {
    tracer_->reap(0);
    throw Error(static_cast<int>(-tracer_->failure), "ptrace", process.path("task"));
  }
}

StoppedProcess::~StoppedProcess() {
  std::uint32_t expected = stopped;
  tracer_->phase.compare_exchange_strong(expected, releasing);
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&tracer_->phase), FUTEX_WAKE_PRIVATE, 1);
  tracer_->reap(0);
  turns().give(tracer_->pid, tracer_->turn);
}

bool StoppedProcess::held() const { return tracer_->phase == stopped; }

}  // namespace podprobe::sys
