#include "tasks/list_mounts.h"

#include <algorithm>

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_text = 32 << 20;
constexpr std::size_t first_part = 64 << 10;
constexpr std::size_t most_threads_tried = 256;

bool is_gone(const sys::Error& error) {
  return error.number == EINVAL || error.number == ENOENT || error.number == ESRCH;
}

/// The file of a process whose first thread has exited is only to be had from another one.
sys::Fd open_of_live_thread(const sys::Process& process) {
  const sys::Fd tasks = process.open_tasks();
  for (const int thread : process.threads(most_threads_tried)) {
    const std::string name = std::to_string(thread) + "/mountinfo";
    try {
      return sys::open_at(tasks, name.c_str(), 0, process.path("mountinfo"));
    } catch (const sys::Error& error) {
      if (!is_gone(error)) throw;
    }
  }
  throw sys::Error(ESRCH, "open", process.path("mountinfo"), "it is a zombie: it has exited and waits for its parent");
}

sys::Fd open_mountinfo(const sys::Process& process) {
  try {
    return process.open("mountinfo", 0);
  } catch (const sys::Error& error) {
    if (error.number != EINVAL && error.number != ENOENT) throw;
  }
  return open_of_live_thread(process);
}

/// The whole text; the kernel gives at most a page at a time, whatever is asked for.
std::string read_text(const sys::Process& process, const Allowance& allowance, bool& truncated) {
  const sys::Fd file = open_mountinfo(process);
  std::string text;
  std::size_t size = 0;
  for (;;) {
    if (!allowance.left()) throw allowance.timed_out();
    if (size == text.size()) text.resize(std::min(largest_text, std::max(first_part, size * 2)));
    const auto room = std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()).subspan(size);
    truncated = room.empty();
    if (truncated) break;
    const auto count = sys::read_at(file, room, size);
    if (count < 0) throw sys::Error(errno, "read", process.path("mountinfo"));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(truncated ? text.rfind('\n') + 1 : size);
  return text;
}

}  // namespace

MountsResult list_mounts(const sys::Process& process, const Allowance& allowance) {
  MountsResult result;
  result.table = core::parse_mountinfo(read_text(process, allowance, result.truncated));
  return result;
}

}  // namespace podprobe::tasks
