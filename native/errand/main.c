/*
 * Makes system calls for podprobe that may never return, one at a time. A file system whose server takes a request and does
 * not answer keeps who waits for it in the kernel, SIGKILL or not: it keeps this process, and podprobe ends when it wants to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "errand/protocol.h"
#include "freestanding/descriptors.h"

enum { LONGEST_NAME = 4096, NO_FILE = -1 };

struct message {
  struct errand_request request;
  char name[LONGEST_NAME + 1];
};

struct reply {
  struct errand_answer answer;
  char bytes[ERRAND_LARGEST];
};

/* Room for one descriptor, laid out as the kernel does. */
union passed {
  char space[CMSG_SPACE(sizeof(int))];
  struct cmsghdr header;
};

static int file = NO_FILE;

static _Noreturn void leave(void) {
  for (;;) kernel(exit_group, 0);
}

static void let_go(void) {
  if (file != NO_FILE) kernel(close, file);
  file = NO_FILE;
}

static void take_descriptor(union passed *passed, const struct msghdr *head) {
  if (head->msg_controllen < sizeof *passed || passed->header.cmsg_type != SCM_RIGHTS) return;
  let_go();
  file = *(int *)(void *)CMSG_DATA(&passed->header);
}

/* Without a message there is nobody any more who could want an answer. */
static void receive(struct message *message) {
  union passed passed;
  struct iovec bytes = {message, sizeof *message - 1};
  struct msghdr head = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &passed, .msg_controllen = sizeof passed};
  long size;
  while ((size = kernel(recvmsg, ERRAND_SOCKET_FD, &head, MSG_CMSG_CLOEXEC)) == -EINTR) continue;
  if (size < (long)sizeof message->request) leave();
  ((char *)message)[size] = 0;
  take_descriptor(&passed, &head);
}

static void reply_with(struct reply *reply, long read, int descriptor) {
  union passed passed = {{0}};
  struct iovec bytes = {reply, sizeof reply->answer + (size_t)read};
  struct msghdr head = {.msg_iov = &bytes, .msg_iovlen = 1};
  if (descriptor >= 0) {
    passed.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    *(int *)(void *)CMSG_DATA(&passed.header) = descriptor;
    head.msg_control = &passed;
    head.msg_controllen = sizeof passed;
  }
  if (kernel(sendmsg, ERRAND_SOCKET_FD, &head, MSG_NOSIGNAL) < 0) leave();
}

static long walk(const struct message *message) {
  struct open_how how = {.flags = message->request.flags | O_CLOEXEC, .resolve = message->request.place};
  return kernel(openat2, file, message->name, &how, sizeof how);
}

/* /proc/self/fd/N, by which a file that is held with O_PATH is opened, whatever its path leads to by now */
static long open_anew(uint32_t flags) {
  char path[32] = "/proc/self/fd/";
  size_t digits = 1;
  for (int rest = file; rest >= 10; rest /= 10) digits++;
  for (size_t i = digits, rest = (size_t)file; i-- > 0; rest /= 10) path[14 + i] = (char)('0' + rest % 10);
  path[14 + digits] = 0;
  const long opened = kernel(openat, AT_FDCWD, path, flags | O_CLOEXEC);
  if (opened < 0) return opened;
  let_go();
  file = (int)opened;
  return 0;
}

static long read_status(const struct message *message, void *out) {
  const long result = kernel(statx, file, message->name, message->request.flags, message->request.place, out);
  return result < 0 ? result : (long)sizeof(struct statx);
}

/* What was read, or -errno. */
static long run(const struct message *message, char *out) {
  const struct errand_request *request = &message->request;
  const size_t size = request->size < ERRAND_LARGEST ? request->size : ERRAND_LARGEST;
  switch (request->call) {
    case ERRAND_OPEN: return open_anew(request->flags);
    case ERRAND_STATUS: return read_status(message, out);
    case ERRAND_LINK: return kernel(readlinkat, file, message->name, out, size);
    case ERRAND_READ: return kernel(pread64, file, out, size, request->place);
    case ERRAND_ENTRIES: return kernel(getdents64, file, out, size);
    case ERRAND_CLOSE: return let_go(), 0;
    case ERRAND_SETTLE: return kernel(prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
    default: return -EINVAL;
  }
}

static void answer(struct message *message, struct reply *reply) {
  const bool walks = message->request.call == ERRAND_WALK;
  const long result = walks ? walk(message) : run(message, reply->bytes);
  reply->answer.result = result;
  if (walks) let_go();
  const long read = !walks && result > 0 ? result : 0;
  reply_with(reply, read, walks ? (int)result : NO_FILE);
  // it can be secret
  for (long i = 0; i < read; i++) reply->bytes[i] = 0;
  if (walks && result >= 0) kernel(close, result);
}

_Noreturn void run_program(void) {
  static struct message message;
  static struct reply reply;
  // killed with the thread that waits for it, where the kernel lets go of it
  kernel(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // a standard output that a stuck process held would have no end
  close_from(ERRAND_FDS);
  for (;;) {
    receive(&message);
    answer(&message, &reply);
  }
}
