#include "core/mountinfo.h"

#include "test/check.h"

using podprobe::core::answers_locally;
using podprobe::core::file_system_of;

namespace {

/// Lines of /proc/self/mountinfo in a container (containerd 1.6, Debian 12, Linux 6.1).
constexpr std::string_view container =
    "1420 1290 0:291 / / rw,relatime master:490 - overlay overlay rw,lowerdir=/l1:/l2,upperdir=/u,workdir=/w\n"
    "1421 1420 0:293 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n"
    "1432 1420 254:1 /var/lib/kubelet/pods/1b/etc-hosts /etc/hosts rw,relatime shared:1 master:2 - ext4 /dev/vda1 rw\n"
    "1433 1420 0:80 / /var/run/secrets/kubernetes.io/serviceaccount ro,relatime - tmpfs tmpfs rw,size=65536k\n"
    "1434 1420 0:81 / /empty\\040source rw - tmpfs  rw\n"
    "1435 1420 0:82 / /a\\040-\\040b rw - fuse.sshfs host:/ rw\n";

}  // namespace

TEST("finds the type by mount id") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1420}), "overlay");
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1432}), "ext4");
}

TEST("finds the type by device") {
  CHECK_EQUAL(file_system_of(container, {.major = 254, .minor = 1}), "ext4");
  CHECK_EQUAL(file_system_of(container, {.major = 0, .minor = 80}), "tmpfs");
}

TEST("the mount goes before the device") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1433, .major = 254, .minor = 1}), "tmpfs");
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1433, .major = 0, .minor = 291}), "tmpfs");
}

TEST("a mount that is gone falls back to its device") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 9, .major = 0, .minor = 82}), "fuse.sshfs");
}

TEST("an empty source does not shift the type") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1434}), "tmpfs");
}

TEST("a mount point with an escaped dash is no separator") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 1435}), "fuse.sshfs");
}

TEST("is empty for what is not there") {
  CHECK_EQUAL(file_system_of(container, {.mount_id = 9, .major = 9, .minor = 9}), "");
  CHECK_EQUAL(file_system_of("", {.mount_id = 1420}), "");
  CHECK_EQUAL(file_system_of("1420 1290 0:291 / / rw overlay overlay rw\n", {.mount_id = 1420}), "");
}

TEST("mount id 0 names no mount") {
  CHECK_EQUAL(file_system_of("0 1 9:9 / / rw - ext4 /dev/a rw\n", {.mount_id = 0, .major = 8, .minor = 8}), "");
}

TEST("broken lines before it do not hide a mount") {
  for (const std::string_view line : {"", " ", "x y z", "1 2", "1 2 :", "1 2 0: -", "99999999999999999999 1 0:1 - a b c"}) {
    CHECK_EQUAL(file_system_of(std::string(line) + "\n" + std::string(container), {.mount_id = 1420}), "overlay");
  }
}

TEST("only what is known to be local is") {
  for (const auto* local : {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "squashfs", "erofs", "zfs"}) CHECK(answers_locally(local));
  for (const auto* remote : {"nfs", "nfs4", "cifs", "9p", "fuse", "fuse.sshfs", "fuseblk", "ceph", "autofs", "virtiofs", "", "ext4 ", "EXT4"}) {
    CHECK(!answers_locally(remote));
  }
}
