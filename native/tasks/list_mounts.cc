#include "tasks/list_mounts.h"

#include <fcntl.h>

#include <algorithm>

#include "core/text.h"
#include "sys/file_status.h"
#include "sys/openat2.h"
#include "sys/statmount.h"
#include "tasks/mount_status.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_text = 32 << 20;
constexpr std::size_t first_part = 64 << 10;
constexpr std::size_t most_threads_tried = 256;
constexpr std::size_t most_mounts = 200'000;

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

sys::MountNamespace namespace_of(const sys::Process& process) { return sys::MountNamespace(process.open("ns/mnt", 0)); }

/// That of the namespace, or the empty one as it is where the kernel does not tell.
MountsResult list_namespace_or(MountsResult empty, const sys::Process& process, const Allowance& allowance) {
  try {
    MountsResult result = list_namespace_mounts(process, allowance);
    if (result.table.size() > 0) return result;
  } catch (const sys::Error& error) {
    if (error.number == ETIMEDOUT || error.number == ESRCH) throw;
  }
  return empty;
}

/// Nothing where the kernel tells of no single mount.
std::optional<sys::MountStatus> find_by_id(const sys::Process& process, const sys::Fd& file) {
  try {
    return namespace_of(process).find(sys::unique_mount_id(file));
  } catch (const sys::Error& error) {
    if (error.number == ESRCH) throw;
    return std::nullopt;
  }
}

MountsResult find_in_text(std::string_view text, std::uint64_t mount_id) {
  MountsResult result;
  while (!text.empty() && result.table.size() == 0) {
    const auto mount = core::parse_mount_line(core::take_until(text, '\n'));
    if (mount && mount->id == mount_id) result.table.add_printed(*mount);
  }
  return result;
}

}  // namespace

sys::Fd open_mountinfo(const sys::Process& process) {
  try {
    return process.open("mountinfo", 0);
  } catch (const sys::Error& error) {
    if (error.number != EINVAL && error.number != ENOENT) throw;
  }
  return open_of_live_thread(process);
}

MountsResult list_mounts(const sys::Process& process, const Allowance& allowance) {
  MountsResult result;
  result.table = core::parse_mountinfo(read_text(process, allowance, result.truncated));
  const bool empty = result.table.size() == 0 && result.table.malformed == 0;
  return empty ? list_namespace_or(std::move(result), process, allowance) : result;
}

MountsResult list_namespace_mounts(const sys::Process& process, const Allowance& allowance) {
  MountsResult result;
  result.by_listmount = true;
  const sys::MountNamespace mounts = namespace_of(process);
  for (const std::uint64_t mount : mounts.list(most_mounts)) {
    if (!allowance.left()) throw allowance.timed_out();
    result.truncated = result.table.block.size() >= largest_text;
    if (result.truncated) break;
    if (const auto status = mounts.find(mount)) add_status(result.table, *status);
  }
  return result;
}

MountsResult find_mount(const sys::Process& process, const std::string& path, const Allowance& allowance) {
  const sys::Fd file = sys::open_in_root(process.open_root(), path, O_PATH);
  MountsResult result;
  if (const auto status = find_by_id(process, file)) {
    add_status(result.table, *status);
    result.by_listmount = true;
    return result;
  }
  const auto mount_id = sys::status_of(file, sys::Freshness::cached, path).mount_id;
  result = find_in_text(read_text(process, allowance, result.truncated), mount_id);
  if (result.table.size() == 0) throw sys::Error(ENOENT, "read", process.path("mountinfo"), "the process does not see the mount of this file");
  return result;
}

}  // namespace podprobe::tasks
