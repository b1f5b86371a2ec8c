#include "tasks/list_mounts.h"

#include <fcntl.h>

#include <array>

#include "sys/file_status.h"
#include "sys/openat2.h"
#include "sys/statmount.h"
#include "tasks/mount_status.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_text = 32 << 20;
constexpr std::size_t part_size = 8 << 10;
constexpr std::size_t most_threads_asked = 256;
constexpr std::size_t most_mounts = 200'000;

bool is_gone(const sys::Error& error) {
  return error.number == EINVAL || error.number == ENOENT || error.number == ESRCH;
}

/// The file of a process whose first thread has exited is only to be had from another one.
sys::Fd open_of_live_thread(const sys::Process& process) {
  const sys::Fd tasks = process.open_tasks();
  for (const int thread : process.threads(most_threads_asked)) {
    const std::string name = std::to_string(thread) + "/mountinfo";
    try {
      return sys::open_at(tasks, name.c_str(), 0, process.path("mountinfo"));
    } catch (const sys::Error& error) {
      if (!is_gone(error)) throw;
    }
  }
  throw sys::Error(ESRCH, "open", process.path("mountinfo"), "it is a zombie: it has exited and waits for its parent");
}

/// The kernel gives at most a page at a time, whatever is asked for.
MountsResult read_table(const sys::Process& process, const Allowance& allowance) {
  const sys::Fd file = open_mountinfo(process);
  std::array<char, part_size> part;
  core::MountinfoParser parser;
  bool truncated = false;
  for (std::size_t size = 0;;) {
    if (!allowance.left()) throw allowance.timed_out();
    const auto count = sys::read_at(file, std::span(reinterpret_cast<std::uint8_t*>(part.data()), part.size()), size);
    if (count < 0) throw sys::Error(errno, "read", process.path("mountinfo"));
    size += static_cast<std::size_t>(count);
    truncated = size > largest_text;
    if (count == 0 || truncated) break;
    parser.feed({part.data(), static_cast<std::size_t>(count)});
  }
  return {.table = parser.finish(truncated), .truncated = truncated};
}

sys::MountNamespace namespace_of(const sys::Process& process) { return sys::MountNamespace(process.open("ns/mnt", 0)); }

/// That of the namespace, or the empty one as it is where the kernel does not tell.
MountsResult list_namespace_or(MountsResult empty, const sys::Process& process, const Allowance& allowance) {
  try {
    MountsResult result = list_namespace_mounts(process, allowance);
    if (result.table.size > 0) return result;
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

/// A table of the mount with this id alone; empty when there is none.
core::MountTable pick(const core::MountTable& table, std::uint64_t mount_id) {
  core::MountTableMaker picked;
  core::for_each_mount(table, [&](const core::MountLine& mount) {
    if (mount.id == mount_id && picked.table().size == 0) picked.add(mount);
  });
  return picked.finish();
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
  MountsResult result = read_table(process, allowance);
  const bool empty = result.table.size == 0 && result.table.malformed == 0;
  return empty ? list_namespace_or(std::move(result), process, allowance) : result;
}

MountsResult list_namespace_mounts(const sys::Process& process, const Allowance& allowance) {
  core::MountTableMaker maker;
  const sys::MountNamespace mounts = namespace_of(process);
  const std::vector<std::uint64_t> ids = mounts.list(most_mounts);
  for (const std::uint64_t mount : ids) {
    if (!allowance.left()) throw allowance.timed_out();
    if (maker.table().mounts.size() + maker.table().block.size() >= largest_text) return {.table = maker.finish(), .by_listmount = true, .truncated = true};
    if (const auto status = mounts.find(mount)) add_status(maker, *status);
  }
  return {.table = maker.finish(), .by_listmount = true, .truncated = ids.size() == most_mounts};
}

MountsResult find_mount(const sys::Process& process, const std::string& path, const Allowance& allowance) {
  const sys::Fd file = sys::open_in_root(process.open_root(), path, 0);
  if (const auto status = find_by_id(process, file)) {
    core::MountTableMaker maker;
    add_status(maker, *status);
    return {.table = maker.finish(), .by_listmount = true};
  }
  MountsResult result;
  result.table = pick(read_table(process, allowance).table, sys::status_of(file, sys::Freshness::cached, path).mount_id);
  if (result.table.size == 0) throw sys::Error(ENOENT, "read", process.path("mountinfo"), "the process does not see the mount of this file");
  return result;
}

}  // namespace podprobe::tasks
