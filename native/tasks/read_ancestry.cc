#include "tasks/read_ancestry.h"

#include <fcntl.h>
#include <linux/capability.h>

#include "sys/capability.h"
#include "sys/namespace.h"

namespace podprobe::tasks {

namespace {

/// More than the kernel nests: 32, MAX_PID_NS_LEVEL, and 33 user namespaces.
constexpr std::size_t most_levels = 64;

std::vector<sys::Namespace> chain_of(const sys::Process& process, const char* link) {
  std::vector<sys::Namespace> chain;
  chain.emplace_back(process.open(link, 0));
  while (chain.size() < most_levels) {
    auto parent = chain.back().parent();
    if (!parent) break;
    chain.push_back(std::move(*parent));
  }
  return chain;
}

std::vector<std::uint32_t> numbers_of(const std::vector<sys::Namespace>& chain) {
  std::vector<std::uint32_t> numbers;
  for (const sys::Namespace& one : chain) numbers.push_back(one.number());
  return numbers;
}

constexpr std::uint64_t tracing = std::uint64_t{1} << CAP_SYS_PTRACE;
constexpr std::uint64_t monitoring = (std::uint64_t{1} << CAP_SYS_ADMIN) | (std::uint64_t{1} << 38);  // CAP_PERFMON: since Linux 5.8

bool opens_without(std::uint64_t capabilities, const sys::Process& process) {
  const sys::WithoutCapabilities lowered(capabilities);
  try {
    process.open("environ", 0);
    return true;
  } catch (const sys::Error& error) {
    if (error.number == EACCES || error.number == EPERM) return false;
    throw;
  }
}

}  // namespace

Ancestry read_ancestry(const sys::Process& process) {
  Ancestry found;
  found.pid_namespaces = numbers_of(chain_of(process, "ns/pid"));
  const auto users = chain_of(process, "ns/user");
  found.user_namespaces = numbers_of(users);
  for (const sys::Namespace& one : users) found.owners.push_back(one.owner());
  found.opens_unprivileged = opens_without(tracing | monitoring, process);
  found.opens_untracing = opens_without(tracing, process);
  return found;
}

}  // namespace podprobe::tasks
