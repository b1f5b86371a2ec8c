#include "tasks/list_processes.h"

#include <fcntl.h>

#include "core/text.h"
#include "sys/directory.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t largest_file = 64 << 10;

bool is_in(const Share& share, std::string_view name) {
  const auto number = core::parse_number(name);
  return number && *number % share.of == share.number;
}

/// At most PID_MAX_LIMIT of them.
std::vector<std::string> numbers_in(const sys::Fd& proc, const Share& share) {
  std::vector<std::string> names;
  sys::for_each_entry(proc, "/proc", [&](const char* name, unsigned char) {
    if (is_in(share, name)) names.emplace_back(name);
    return true;
  });
  return names;
}

/// Nothing when the process is gone, or hides it.
std::optional<std::string> read_file(const sys::Fd& process, const char* name) {
  try {
    return sys::read_whole<std::string>(sys::open_at(process, name, O_RDONLY, name), largest_file, sys::End::at_short_read, name);
  } catch (const sys::Error&) {
    return std::nullopt;
  }
}

std::uint32_t namespace_of(const sys::Fd& process, const char* link) {
  try {
    return core::parse_namespace(sys::read_link(process, link, link));
  } catch (const sys::Error&) {
    return 0;
  }
}

void add_process(core::ProcessTable& table, const sys::Fd& process, bool with_namespaces) {
  const auto text = read_file(process, "stat");
  const auto stat = text ? core::parse_stat(*text) : std::nullopt;
  if (!stat) return;
  const auto status = read_file(process, "status");
  core::NamespaceNumbers namespaces;
  if (with_namespaces) {
    namespaces = {.mnt = namespace_of(process, "ns/mnt"),
                  .pid = namespace_of(process, "ns/pid"),
                  .user = namespace_of(process, "ns/user")};
  }
  table.add(*stat, status ? core::parse_credentials(*status) : std::nullopt, read_file(process, "cgroup"), namespaces);
}

}  // namespace

core::ProcessTable list_processes(const Share& share, bool with_namespaces, const Allowance& allowance) {
  core::ProcessTable table;
  const sys::Fd proc = sys::open_path("/proc", O_RDONLY | O_DIRECTORY);
  for (const std::string& name : numbers_in(proc, share)) {
    if (!allowance.left()) throw allowance.timed_out();
    try {
      add_process(table, sys::open_at(proc, name.c_str(), O_PATH | O_DIRECTORY, "/proc/" + name), with_namespaces);
    } catch (const sys::Error& error) {
      if (error.number != ENOENT && error.number != ESRCH && error.number != EACCES) throw;
    }
  }
  return table;
}

}  // namespace podprobe::tasks
