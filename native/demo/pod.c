/*
 * A pod without a cluster, for the experiment and for tests. `pod [--user] POD_UID` plays the node: in a mount namespace of
 * its own it mounts what kubelet would, a tmpfs for the Secret volume "foo" below /var/lib/kubelet, and prints
 * `volume {"pid":…,"path":"…"}`. Whoever started it fills the volume through /proc/PID/root and sends a line; then the
 * container starts, in mount, pid and uts namespaces of its own: the volume read-only at /mnt/foo, its file "caz" once
 * more by subPath at /mnt/caz, /bin/sleep with the environment of this program. It prints `ready {"pid":…}`.
 *
 * When standard input ends, all ends; when it is killed, too: no namespace outlives it, and with them go the mounts.
 * With --user it needs no privileges but to make a user namespace. What fails is printed: `failed STEP: REASON`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NODE "/var/lib"
#define ROOT NODE "/container"

static _Noreturn void fail(const char *step) {
  dprintf(STDOUT_FILENO, "failed %s: %s\n", step, strerror(errno));
  _exit(1);
}

static void make_directories(const char *path) {
  char part[PATH_MAX];
  snprintf(part, sizeof part, "%s", path);
  for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(part, 0755) != 0 && errno != EEXIST && errno != EROFS) fail(part);
    *slash = '/';
  }
  if (mkdir(part, 0755) != 0 && errno != EEXIST) fail(part);
}

static void make_file(const char *path) {
  int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) fail(path);
  close(file);
}

static void write_map(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, text, strlen(text)) < 0) fail(path);
  close(file);
}

/* root in a new user namespace, which is whoever runs this outside of it */
static void enter_user_namespace(void) {
  char uids[64], gids[64];
  snprintf(uids, sizeof uids, "0 %u 1\n", geteuid());
  snprintf(gids, sizeof gids, "0 %u 1\n", getegid());
  if (unshare(CLONE_NEWUSER) != 0) fail("unshare(CLONE_NEWUSER)");
  write_map("/proc/self/setgroups", "deny");
  write_map("/proc/self/uid_map", uids);
  write_map("/proc/self/gid_map", gids);
}

static void mount_tmpfs(const char *path) {
  if (mount("tmpfs", path, "tmpfs", 0, "mode=0755") != 0) fail("mount(tmpfs)");
}

static void bind(const char *source, const char *target, unsigned long flags) {
  if (mount(source, target, NULL, MS_BIND | flags, NULL) != 0) fail("mount(MS_BIND)");
}

static void bind_read_only(const char *source, const char *target) {
  bind(source, target, 0);
  if (mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0) fail("mount(MS_RDONLY)");
}

/* a name of the host's root: a folder is bound, a link such as bin -> usr/bin is made anew */
static void borrow(const char *name) {
  char source[64], target[64], link[64];
  snprintf(source, sizeof source, "/%s", name);
  snprintf(target, sizeof target, ROOT "/%s", name);
  ssize_t size = readlink(source, link, sizeof link - 1);
  if (size >= 0) {
    link[size] = 0;
    if (symlink(link, target) != 0) fail(target);
  } else if (access(source, F_OK) == 0) {
    make_directories(target);
    bind(source, target, MS_REC);
  }
}

/* the node's side: what kubelet mounts */
static void prepare_node(const char *volume) {
  if (unshare(CLONE_NEWNS) != 0) fail("unshare(CLONE_NEWNS)");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("mount(MS_PRIVATE)");
  mount_tmpfs(NODE);
  make_directories(volume);
  mount_tmpfs(volume);
}

/* the container's side: what a runtime mounts */
static void prepare_container(const char *volume) {
  const char *const borrowed[] = {"usr", "bin", "sbin", "lib", "lib32", "lib64"};
  char file[PATH_MAX + 16];
  if (unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0) fail("unshare(CLONE_NEWNS)");
  if (sethostname("mypod", 5) != 0) fail("sethostname");
  make_directories(ROOT);
  mount_tmpfs(ROOT);
  for (size_t i = 0; i < sizeof borrowed / sizeof *borrowed; i++) borrow(borrowed[i]);
  make_directories(ROOT "/mnt/foo");
  bind_read_only(volume, ROOT "/mnt/foo");
  make_file(ROOT "/mnt/caz");
  snprintf(file, sizeof file, "%s/..data/caz", volume);
  if (access(file, F_OK) == 0) bind_read_only(file, ROOT "/mnt/caz");
  make_directories(ROOT "/proc");
  /* refused in a user namespace where the outer /proc is partly covered: the container goes without */
  if (mount("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0 && errno != EPERM) fail("mount(proc)");
  if (chdir(ROOT) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) fail("pivot_root");
  if (umount2(".", MNT_DETACH) != 0) fail("umount2");
  if (chdir("/") != 0) fail("chdir");
}

/* the other end of the pipe is the parent's; of one that is gone already no signal tells */
static void end_with_parent(int pipe) {
  struct pollfd parent = {.fd = pipe};
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("prctl");
  if (poll(&parent, 1, 0) != 0) _exit(1);
}

static _Noreturn void run_container(const char *volume) {
  char *const argv[] = {"/bin/sleep", "33d", NULL};
  extern char **environ;
  prepare_container(volume);
  execve(argv[0], argv, environ);
  fail("execve(/bin/sleep)");
}

static pid_t start_container(const char *volume) {
  int started[2];
  char byte;
  if (pipe2(started, O_CLOEXEC) != 0) fail("pipe2");
  if (unshare(CLONE_NEWPID) != 0) fail("unshare(CLONE_NEWPID)");
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    close(started[0]);
    end_with_parent(started[1]);
    run_container(volume);
  }
  close(started[1]);
  /* ends with execve(), or with the process */
  if (read(started[0], &byte, 1) < 0) fail("read");
  close(started[0]);
  if (waitpid(pid, NULL, WNOHANG) != 0) _exit(1);
  return pid;
}

static _Bool read_line(void) {
  char byte;
  ssize_t size;
  do {
    size = read(STDIN_FILENO, &byte, 1);
  } while ((size < 0 && errno == EINTR) || (size == 1 && byte != '\n'));
  return size == 1;
}

int main(int argc, char **argv) {
  const _Bool user = argc > 1 && strcmp(argv[1], "--user") == 0;
  char volume[PATH_MAX];
  if (argc != 2 + user || strchr(argv[1 + user], '/')) {
    fprintf(stderr, "usage: pod [--user] POD_UID\n");
    return 2;
  }
  snprintf(volume, sizeof volume, NODE "/kubelet/pods/%s/volumes/kubernetes.io~secret/foo", argv[1 + user]);
  if (user) enter_user_namespace();
  prepare_node(volume);
  printf("volume {\"pid\":%d,\"path\":\"%s\"}\n", (int)getpid(), volume);
  fflush(stdout);
  if (!read_line()) return 0;
  pid_t container = start_container(volume);
  printf("ready {\"pid\":%d}\n", (int)container);
  fflush(stdout);
  while (read_line()) continue;
  return 0;
}
