#include "freestanding/descriptors.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>

/* As getdents64(2) gives it. */
struct entry {
  uint64_t inode, offset;
  uint16_t size;
  uint8_t type;
  char name[];
};

/* By /proc/self/fd: a limit may have been lowered since, and says nothing. False when it cannot be read. */
static bool close_listed(int first) {
  const long directory = kernel(openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  _Alignas(struct entry) char entries[4096];
  long size;
  if (directory < 0) return false;
  while ((size = kernel(getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < size; at += ((struct entry *)(entries + at))->size) {
      long fd = 0;
      const char *digit = ((struct entry *)(entries + at))->name;
      for (; *digit >= '0' && *digit <= '9'; digit++) fd = fd * 10 + *digit - '0';
      if (fd >= first && fd != directory) kernel(close, fd);
    }
  }
  kernel(close, directory);
  return size == 0;
}

void close_from(int first) {
  struct rlimit limit = {0, 0};
  /* since Linux 5.9 */
  if (kernel(close_range, first, ~0U, 0) == 0 || close_listed(first)) return;
  kernel(prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
  for (rlim_t fd = (rlim_t)first; fd < limit.rlim_max && fd < 1 << 20; fd++) kernel(close, fd);
}
