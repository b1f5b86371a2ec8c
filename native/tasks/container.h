#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/credentials.h"
#include "core/limits.h"
#include "core/secret_bytes.h"
#include "sys/process.h"

namespace podprobe::tasks {

/// What another process needs to be like one of a container.
struct ContainerFacts {
  core::Credentials credentials;  ///< ids as the target's user namespace counts
  std::uint32_t outer_uid = 0;    ///< effective ids as ours does
  std::uint32_t outer_gid = 0;
  bool setgroups_denied = false;
  core::ResourceLimits limits;
  int oom_score_adj = 0;
  std::vector<std::string> cgroups;  ///< paths of cgroup.procs, of those hierarchies in which it is elsewhere than we are
  core::SecretBytes environment;     ///< what the container's first process was started with
};

/// Reads them of a held process.
///
/// The first process is the oldest one in the same cgroups and namespaces as the target, which is the target itself where
/// it is in no cgroup of its own.
/// Errors: ESRCH; EACCES; EXDEV (`cgroup`) a cgroup of it cannot be reached through the mounts of this process; EPERM
/// (`uid_map`) its user namespace does not know an id of it.
ContainerFacts read_container(const sys::Process& process);

}  // namespace podprobe::tasks
