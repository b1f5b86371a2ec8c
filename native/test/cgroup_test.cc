#include "core/cgroup.h"

#include <string>

#include "test/check.h"

using podprobe::core::cgroup_directory;
using podprobe::core::CgroupPlace;
using podprobe::core::parse_cgroups;

namespace {

/// Lines of /proc/self/mountinfo of a hybrid of both versions, Linux 6.18.
constexpr std::string_view mounts =
    "25 22 0:23 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "26 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "27 25 0:25 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "28 25 0:26 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
    "29 25 0:27 /kubepods /sys/fs/cgroup/unified rw,relatime shared:1 - cgroup2 cgroup2 rw\n";

}  // namespace

TEST("reads the place in every hierarchy") {
  const auto places = parse_cgroups("4:memory:/kubepods/pod1\n1:name=systemd:/a:b\n0::/system.slice\n");
  CHECK_EQUAL(places.size(), 3U);
  CHECK(places[0] == (CgroupPlace{"memory", "/kubepods/pod1"}));
  CHECK(places[1] == (CgroupPlace{"name=systemd", "/a:b"}));
  CHECK(places[2] == (CgroupPlace{"", "/system.slice"}));
}

TEST("passes over lines that are not as they must be, and no more than 32 count") {
  CHECK(parse_cgroups("\nx:memory:/\n4:memory\n4:memory:kubepods\n").empty());
  std::string many;
  for (int i = 0; i < 40; ++i) many += "1:memory:/\n";
  CHECK_EQUAL(parse_cgroups(many).size(), 32U);
}

TEST("finds the directory by controllers, by name, and that of version 2") {
  CHECK_EQUAL(cgroup_directory(mounts, {"memory", "/a/b"}), "/sys/fs/cgroup/memory/a/b");
  CHECK_EQUAL(cgroup_directory(mounts, {"cpu,cpuacct", "/"}), "/sys/fs/cgroup/cpu,cpuacct");
  CHECK_EQUAL(cgroup_directory(mounts, {"name=systemd", "/x"}), "/sys/fs/cgroup/systemd/x");
  CHECK_EQUAL(cgroup_directory(mounts, {"", "/kubepods/pod1"}), "/sys/fs/cgroup/unified/pod1");
  CHECK_EQUAL(cgroup_directory(mounts, {"", "/kubepods"}), "/sys/fs/cgroup/unified");
}

TEST("is empty for what no mount shows") {
  CHECK_EQUAL(cgroup_directory(mounts, {"", "/kubepodsx"}), "");
  CHECK_EQUAL(cgroup_directory(mounts, {"", "/other"}), "");
  CHECK_EQUAL(cgroup_directory(mounts, {"pids", "/a"}), "");
  CHECK_EQUAL(cgroup_directory(mounts, {"memory", "/../../kubepods"}), "");
  CHECK_EQUAL(cgroup_directory("", {"memory", "/a"}), "");
}

TEST("a name that is part of another is another") {
  CHECK_EQUAL(cgroup_directory(mounts, {"cpua", "/"}), "");
  CHECK_EQUAL(cgroup_directory(mounts, {"name=sys", "/"}), "");
}
