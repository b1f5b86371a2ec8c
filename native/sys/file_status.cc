#include "sys/file_status.h"

#include <fcntl.h>

namespace podprobe::sys {

namespace {

FileStatus ask(const Fd& directory, const char* name, int flags, const std::string& shown) {
  struct statx status {};
  if (statx(directory.get(), name, flags, status_mask, &status) != 0) throw Error(errno, "statx", shown);
  return status_from(status);
}

}  // namespace

int status_flags(Freshness freshness) {
  return AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (freshness == Freshness::cached ? AT_STATX_DONT_SYNC : AT_STATX_SYNC_AS_STAT);
}

FileStatus status_from(const struct statx& status) {
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
  if ((status.stx_mask & status_mask & ~STATX_BASIC_STATS) != 0) result.mount_id = status.stx_mnt_id;
  return result;
}

FileStatus status_of(const Fd& file, Freshness freshness, const std::string& shown) {
  return ask(file, "", status_flags(freshness), shown);
}

FileStatus status_at(const Fd& directory, const char* name, const std::string& shown) {
  return ask(directory, name, status_flags(Freshness::current), shown);
}

}  // namespace podprobe::sys
