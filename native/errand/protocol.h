#pragma once

/// What the addon and the errand program say to each other, a message at a time (SOCK_SEQPACKET). Both are of one build, so
/// these are plain structures.

#include <stdint.h>

enum { ERRAND_SOCKET_FD = 3, ERRAND_FDS = 4 };

/// Bytes of the largest answer, beside its head.
enum { ERRAND_LARGEST = 64 << 10 };

/// What to do with the file the errand holds. A descriptor that comes with the request takes its place first.
enum errand_call {
  ERRAND_WALK,      ///< openat2(2) from it, O_PATH: the answer carries the descriptor, and nothing is held any more
  ERRAND_OPEN,      ///< open(2) it, held with O_PATH, anew with `flags`
  ERRAND_STATUS,    ///< statx(2) of `name` in it, or of itself; gives struct statx
  ERRAND_LINK,      ///< readlinkat(2), as above
  ERRAND_READ,      ///< pread(2) of `size` bytes at `place`
  ERRAND_ENTRIES,   ///< getdents64(2)
  ERRAND_CLOSE,     ///< close(2) it: nothing is held any more
  ERRAND_SETTLE,    ///< to live on when the thread that started it ends
};

/// Behind it stands `name`, ended by a NUL.
struct errand_request {
  uint32_t call;
  uint32_t flags;
  uint64_t place;  ///< offset; of ERRAND_WALK the `resolve` of openat2(2); of ERRAND_STATUS the mask
  uint64_t size;
};

/// Behind it stands what was read.
struct errand_answer {
  int64_t result;  ///< -errno on failure
};
