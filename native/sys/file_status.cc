#include "sys/file_status.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace podprobe::sys {

namespace {

constexpr unsigned statx_mount_id = 0x1000;  // STATX_MNT_ID, younger than this system's headers may be

FileStatus ask(const Fd& directory, const char* name, int flags, const std::string& shown) {
  struct statx status {};
  if (statx(directory.get(), name, flags | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | statx_mount_id, &status) != 0) {
    throw Error(errno, "statx", shown);
  }
  FileStatus result{.mode = status.stx_mode,
                    .uid = status.stx_uid,
                    .gid = status.stx_gid,
                    .links = status.stx_nlink,
                    .size = status.stx_size,
                    .inode = status.stx_ino,
                    .device = {status.stx_dev_major, status.stx_dev_minor},
                    .special = {status.stx_rdev_major, status.stx_rdev_minor},
                    .modified = status.stx_mtime.tv_sec,
                    .modified_nanoseconds = status.stx_mtime.tv_nsec,
                    .mount_id = 0};
  if ((status.stx_mask & statx_mount_id) != 0) result.mount_id = status.stx_mnt_id;
  return result;
}

}  // namespace

FileStatus status_of(const Fd& file, Freshness freshness, const std::string& shown) {
  return ask(file, "", AT_EMPTY_PATH | (freshness == Freshness::cached ? AT_STATX_DONT_SYNC : AT_STATX_SYNC_AS_STAT), shown);
}

FileStatus status_at(const Fd& directory, const char* name, const std::string& shown) {
  return ask(directory, name, AT_SYMLINK_NOFOLLOW, shown);
}

}  // namespace podprobe::sys
