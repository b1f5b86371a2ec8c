#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/credentials.h"
#include "core/stat.h"

namespace podprobe::core {

/// The numbers of a process's namespaces; 0 for one that may not be read.
struct NamespaceNumbers {
  std::uint32_t mnt = 0;
  std::uint32_t pid = 0;
  std::uint32_t user = 0;
};

/// The number in the target of a link of /proc/PID/ns, `pid:[4026531836]`; 0 when it is none.
std::uint32_t parse_namespace(std::string_view link);

/// Processes, packed: the table crosses to JavaScript as it is.
class ProcessTable {
 public:
  static constexpr std::size_t words_each = 17;
  static constexpr std::uint32_t nowhere = 0xffff'ffff;

  /// `cgroup` is the text of /proc/PID/cgroup; credentials and cgroup are missing when they may not be read.
  void add(const Stat& stat, const std::optional<Credentials>& credentials, const std::optional<std::string>& cgroup,
           const NamespaceNumbers& namespaces);

  std::size_t size() const { return words.size() / words_each; }

  /// Of each process: pid, parent, flags (1: kernel thread, 2: zombie, 4: no credentials), state, start time (low, high), real
  /// and effective uid, real and effective gid, effective capabilities (low, high), numbers of its mnt, pid and user
  /// namespaces, end of its name in `names`, number of its cgroup text or `nowhere`.
  std::vector<std::uint32_t> words;
  std::string names;
  /// Each text once: most processes share theirs with others.
  std::vector<std::uint32_t> cgroup_ends;
  std::string cgroups;

 private:
  std::uint32_t number_of(const std::string& cgroup);

  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace podprobe::core
