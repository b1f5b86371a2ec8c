#include "core/mountinfo.h"

#include "test/check.h"

using podprobe::core::answers_locally;
using podprobe::core::file_system_of;

namespace {

/// Lines of /proc/self/mountinfo, Debian 12, Linux 6.18: what mount(8) made in a new namespace.
constexpr std::string_view mounts =
    "43 42 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,resv_strict\n"
    "45 43 0:21 / /proc rw,relatime - proc proc rw\n"
    "63 43 0:39 / /mnt/x rw,relatime - tmpfs tmpfs rw\n"
    "64 63 0:40 / /mnt/x/e rw,relatime - tmpfs  rw\n"
    "65 63 0:41 / /mnt/x/a\\040-\\040b ro,relatime - tmpfs x\\040y ro\n"
    "68 63 0:42 / /mnt/x/m rw,relatime - overlay overlay rw,lowerdir=l,upperdir=u,workdir=w,uuid=on\n"
    "69 63 254:0 /etc/hostname /mnt/x/f rw,relatime - ext4 /dev/vda rw,discard,resv_strict\n";

}  // namespace

TEST("finds the type by mount id") {
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 68}), "overlay");
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 69}), "ext4");
}

TEST("finds the type by device") {
  CHECK_EQUAL(file_system_of(mounts, {.major = 254, .minor = 0}), "ext4");
  CHECK_EQUAL(file_system_of(mounts, {.major = 0, .minor = 42}), "overlay");
}

TEST("the mount goes before the device") {
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 45, .major = 254, .minor = 0}), "proc");
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 45, .major = 0, .minor = 42}), "proc");
}

TEST("a mount that is gone falls back to its device") {
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 9, .major = 0, .minor = 42}), "overlay");
}

TEST("an empty source does not shift the type") { CHECK_EQUAL(file_system_of(mounts, {.mount_id = 64}), "tmpfs"); }

TEST("a mount point with an escaped dash is no separator") {
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 65}), "tmpfs");
}

TEST("optional fields are passed over (proc_pid_mountinfo(5))") {
  constexpr std::string_view line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 unbindable - ext3 /dev/root rw\n";
  CHECK_EQUAL(file_system_of(line, {.mount_id = 36}), "ext3");
}

TEST("is empty for what is not there") {
  CHECK_EQUAL(file_system_of(mounts, {.mount_id = 9, .major = 9, .minor = 9}), "");
  CHECK_EQUAL(file_system_of("", {.mount_id = 43}), "");
  CHECK_EQUAL(file_system_of("43 42 254:0 / / rw ext4 /dev/vda rw\n", {.mount_id = 43}), "");
}

TEST("mount id 0 names no mount") {
  CHECK_EQUAL(file_system_of("0 1 9:9 / / rw - ext4 /dev/a rw\n", {.mount_id = 0, .major = 8, .minor = 8}), "");
}

TEST("broken lines before it do not hide a mount") {
  for (const std::string_view line : {"", " ", "x y z", "1 2", "1 2 :", "1 2 0: -", "99999999999999999999 1 0:1 - a b c"}) {
    CHECK_EQUAL(file_system_of(std::string(line) + "\n" + std::string(mounts), {.mount_id = 68}), "overlay");
  }
}

TEST("only what is known to be local is") {
  for (const auto* local : {"ext4", "xfs", "btrfs", "overlay", "tmpfs", "squashfs", "erofs", "zfs"}) CHECK(answers_locally(local));
  for (const auto* remote : {"nfs", "nfs4", "cifs", "9p", "fuse", "fuse.sshfs", "fuseblk", "ceph", "autofs", "virtiofs", "", "ext4 ", "EXT4"}) {
    CHECK(!answers_locally(remote));
  }
}
