#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <asm/ioctls.h>
#include <asm/statfs.h>

enum { END_OF_FILE = 4 }; /* ^D: VEOF of a new terminal */

struct window {
  uint16_t rows, columns, width, height;
};

static long open_checked(const char *path) {
  struct statx status;
  struct statfs file_system;
  const long seen = kernel(openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
  if (seen < 0) return seen;
  const long error = kernel(statx, seen, "", AT_EMPTY_PATH, STATX_TYPE, &status);
  kernel(close, seen);
  if (error < 0) return error;
  /* a device of another kind may do something when it is opened */
  if ((status.stx_mode & 0170000) != 0020000 || status.stx_rdev_major != 5 || status.stx_rdev_minor != 2) return -ENODEV;
  const long master = kernel(openat, AT_FDCWD, path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) return master;
  if (kernel(fstatfs, master, &file_system) == 0 && file_system.f_type == DEVPTS_SUPER_MAGIC) return master;
  kernel(close, master);
  return -ENODEV;
}

static long open_master(void) {
  const long master = open_checked("/dev/pts/ptmx");
  return master >= 0 ? master : open_checked("/dev/ptmx");
}

/* room for one descriptor beside one byte */
union control {
  struct cmsghdr header;
  char room[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message_of(struct iovec *data, union control *control) {
  return (struct msghdr){.msg_iov = data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof *control};
}

static long send_master(int to, int master) {
  char byte = 0;
  struct iovec data = {&byte, 1};
  union control control = {0};
  control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  *(int *)CMSG_DATA(&control.header) = master;
  struct msghdr message = message_of(&data, &control);
  return kernel(sendmsg, to, &message, MSG_NOSIGNAL);
}

long take_master(int from) {
  char byte;
  struct iovec data = {&byte, 1};
  union control control = {0};
  struct msghdr message = message_of(&data, &control);
  const long size = kernel(recvmsg, from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (size < 0) return size;
  if (message.msg_controllen < CMSG_LEN(sizeof(int)) || control.header.cmsg_type != SCM_RIGHTS) return -EPROTO;
  return *(int *)CMSG_DATA(&control.header);
}

void resize(int master, uint16_t columns, uint16_t rows) {
  const struct window window = {rows, columns, 0, 0};
  kernel(ioctl, master, TIOCSWINSZ, &window);
}

static long attach(const struct plan *plan, int master) {
  const int unlocked = 0;
  long error = kernel(ioctl, master, TIOCSPTLCK, &unlocked);
  if (error < 0) return error;
  const long slave = kernel(ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return slave;
  /* so that the command can open /dev/tty once more; a user namespace without this id goes without */
  if (plan->head->flags & NSEXEC_IDENTITY) kernel(fchown, slave, plan->head->uids[1], -1);
  resize(master, plan->head->columns, plan->head->rows);
  error = kernel(ioctl, slave, TIOCSCTTY, 0);
  for (int fd = 0; fd < 3 && error >= 0; fd++) error = kernel(dup3, slave, fd, 0);
  return error;
}

void open_terminal(struct start *start, const struct plan *plan, int to) {
  const long master = open_master();
  if (master < 0) fail(start, NSEXEC_STEP_TTY, master, 0);
  long error = attach(plan, (int)master);
  if (error >= 0) error = send_master(to, (int)master);
  if (error < 0) fail(start, NSEXEC_STEP_TTY, error, 0);
  kernel(close, master);
}

static void set_nonblocking(int fd) {
  const long flags = kernel(fcntl, fd, F_GETFL, 0);
  kernel(fcntl, fd, F_SETFL, flags | O_NONBLOCK);
}

void start_pump(struct pump *pump, int master) {
  pump->master = master;
  pump->in.from = 0;
  pump->in.to = pump->out.from = master;
  pump->out.to = 1;
  set_nonblocking(0);
  set_nonblocking(1);
  set_nonblocking(master);
}

static bool is_empty(const struct flow *flow) { return flow->begin == flow->end; }

void watch_pump(const struct pump *pump, struct pollfd polls[4]) {
  const struct flow *const flows[2] = {&pump->in, &pump->out};
  for (int i = 0; i < 2; i++) {
    const bool wants_more = is_empty(flows[i]);
    polls[2 * i] = (struct pollfd){pump->master >= 0 && wants_more ? flows[i]->from : -1, POLLIN, 0};
    polls[2 * i + 1] = (struct pollfd){pump->master >= 0 && !wants_more ? flows[i]->to : -1, POLLOUT, 0};
  }
}

/* False at the end. */
static bool fill(struct flow *flow) {
  const long size = kernel(read, flow->from, flow->bytes, sizeof flow->bytes);
  if (size == -EAGAIN || size == -EINTR) return true;
  flow->begin = 0;
  flow->end = size > 0 ? (size_t)size : 0;
  return size > 0;
}

/* False when nobody reads any more. */
static bool drain(struct flow *flow) {
  const long size = kernel(write, flow->to, flow->bytes + flow->begin, flow->end - flow->begin);
  if (size == -EAGAIN || size == -EINTR) return true;
  if (size > 0) flow->begin += (size_t)size;
  return size > 0;
}

static void close_output(struct pump *pump) {
  pump->out.begin = pump->out.end = 0;
  pump->out.from = -1;
  kernel(close, 1);
  pump->out.to = -1;
}

void run_pump(struct pump *pump, const struct pollfd polls[4]) {
  if (polls[0].revents && !fill(&pump->in)) {
    /* whoever types has gone: what a terminal says then */
    pump->in.from = -1;
    pump->in.bytes[0] = END_OF_FILE;
    pump->in.begin = 0;
    pump->in.end = 1;
  }
  if (polls[1].revents && !drain(&pump->in)) pump->in.from = -1, pump->in.begin = pump->in.end;
  if (polls[2].revents && !fill(&pump->out)) close_output(pump);
  if (polls[3].revents && !drain(&pump->out)) close_output(pump);
}

bool pump_has_output(struct pump *pump) {
  if (pump->master < 0 || pump->out.to < 0) return false;
  if (!is_empty(&pump->out)) return true;
  struct pollfd poll = {pump->out.from, POLLIN, 0};
  const struct {
    long seconds, nanoseconds;
  } now = {0, 0};
  if (kernel(ppoll, &poll, 1, &now, 0, 0) != 1 || !(poll.revents & POLLIN)) return false;
  if (fill(&pump->out)) return true;
  close_output(pump);
  return false;
}
