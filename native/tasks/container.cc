#include "tasks/container.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/cgroup.h"
#include "core/id_map.h"
#include "core/stat.h"
#include "core/text.h"
#include "sys/directory.h"

namespace podprobe::tasks {

namespace {

constexpr std::size_t most_status = 1 << 20;
constexpr std::size_t most_table = 4 << 20;
constexpr std::size_t most_environment = 8 << 20;
constexpr std::size_t most_candidates = 1024;

std::string read_own(const char* path, std::size_t most) {
  return sys::read_whole<std::string>(sys::open_path(path, 0), most, sys::End::at_empty_read, path);
}

class ContainerReader {
 public:
  explicit ContainerReader(const sys::Process& process)
      : process_(process), cgroup_text_(process.read("cgroup", most_table, sys::End::at_empty_read)), places_(core::parse_cgroups(cgroup_text_)) {}

  ContainerFacts run() {
    read_credentials();
    read_oom_score();
    read_limits();
    find_cgroups();
    const std::optional<sys::Process> first = first_process();
    facts_.environment = (first ? *first : process_).read<core::SecretBytes>("environ", most_environment);
    return std::move(facts_);
  }

 private:
  void read_credentials() {
    const auto found = core::parse_credentials(process_.read("status", most_status, sys::End::at_empty_read));
    if (!found) throw sys::Error(EPROTO, "read", process_.path("status"), "it lacks a line (kernels before 4.10)");
    facts_.credentials = *found;
    facts_.outer_uid = found->uids[1];
    facts_.outer_gid = found->gids[1];
    if (process_.link("ns/user") == sys::find_link({}, "/proc/self/ns/user")) return;
    facts_.setgroups_denied = process_.read("setgroups", 64).starts_with("deny");
    translate("uid_map", facts_.credentials.uids);
    const auto gids = translate("gid_map", facts_.credentials.gids);
    std::vector<std::uint32_t> groups;
    for (const std::uint32_t group : facts_.credentials.groups) {
      // one that the namespace does not know cannot be taken on: it would have no effect there but on files of the host
      if (const auto inside = core::id_inside(gids, group)) groups.push_back(*inside);
    }
    facts_.credentials.groups = std::move(groups);
  }

  std::vector<core::IdRange> translate(const char* map, std::array<std::uint32_t, 3>& ids) {
    const auto ranges = core::parse_id_map(process_.read(map, 65536, sys::End::at_empty_read));
    if (!ranges) throw sys::Error(EPROTO, "read", process_.path(map), "the lines are not as user_namespaces(7) says");
    for (std::uint32_t& id : ids) {
      const auto inside = core::id_inside(*ranges, id);
      if (!inside) throw sys::Error(EPERM, map, process_.path(map), "its user namespace does not know its own id " + std::to_string(id));
      id = *inside;
    }
    return *ranges;
  }

  void read_oom_score() {
    const std::string text = process_.read("oom_score_adj", 64);
    std::from_chars(text.data(), text.data() + text.size(), facts_.oom_score_adj);
  }

  void read_limits() {
    const auto limits = core::parse_limits(process_.read("limits", 8192));
    if (!limits) throw sys::Error(EPROTO, "read", process_.path("limits"), "the lines are not as proc_pid_limits(5) says");
    facts_.limits = *limits;
  }

  void find_cgroups() {
    const auto own = core::parse_cgroups(read_own("/proc/self/cgroup", most_table));
    for (const core::CgroupPlace& place : places_) {
      if (std::find(own.begin(), own.end(), place) != own.end()) continue;
      const std::string directory = core::cgroup_directory(mounts(), place);
      if (directory.empty()) {
        throw sys::Error(EXDEV, "cgroup", place.path,
                         "this place in the hierarchy '" + place.hierarchy +
                             "' cannot be reached through the mounts of this process: run where all of /sys/fs/cgroup is "
                             "mounted, in the node's cgroup namespace, or choose namespaces");
      }
      facts_.cgroups.push_back(directory + "/cgroup.procs");
    }
  }

  const std::string& mounts() {
    if (mounts_.empty()) mounts_ = read_own("/proc/self/mountinfo", most_table);
    return mounts_;
  }

  /// `cgroup.procs` of the cgroup that sets the container apart; empty when none does.
  std::string members() {
    for (const bool newest : {true, false}) {
      for (const core::CgroupPlace& place : places_) {
        if (place.hierarchy.empty() != newest || place.path == "/") continue;
        const std::string directory = core::cgroup_directory(mounts(), place);
        if (directory.empty()) continue;
        std::string list = read_own((directory + "/cgroup.procs").c_str(), most_table);
        if (!list.empty()) return list;
      }
    }
    return {};
  }

  bool in_same_container(const sys::Process& other) const {
    for (const char* const name : {"ns/mnt", "ns/pid", "ns/user"}) {
      const std::string one = other.link(name);
      if (one.empty() || one != process_.link(name)) return false;
    }
    return other.read("cgroup", most_table, sys::End::at_empty_read) == cgroup_text_;
  }

  static std::uint64_t start_time(const sys::Process& process) {
    const auto stat = core::parse_stat(process.read("stat", 8192));
    return stat && !stat->zombie() ? stat->start_time : ~std::uint64_t{0};
  }

  /// Nothing: the target itself.
  std::optional<sys::Process> first_process() {
    std::optional<sys::Process> first;
    std::uint64_t oldest = start_time(process_);
    const std::string list = members();
    std::string_view rest = list;
    for (std::size_t tried = 0; !rest.empty() && tried < most_candidates; ++tried) {
      const auto pid = core::parse_number(core::take_until(rest, '\n'));
      if (!pid || *pid == 0 || static_cast<int>(*pid) == process_.pid()) continue;
      try {
        sys::Process candidate(static_cast<int>(*pid));
        const std::uint64_t time = start_time(candidate);
        if (time >= oldest || !in_same_container(candidate)) continue;
        oldest = time;
        first.emplace(std::move(candidate));
      } catch (const sys::Error&) {
        // it has gone, or is none of those that may be looked at
        continue;
      }
    }
    return first;
  }

  const sys::Process& process_;
  std::string cgroup_text_;
  std::vector<core::CgroupPlace> places_;
  std::string mounts_;
  ContainerFacts facts_;
};

}  // namespace

ContainerFacts read_container(const sys::Process& process) { return ContainerReader(process).run(); }

}  // namespace podprobe::tasks
