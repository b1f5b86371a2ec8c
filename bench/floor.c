/*
 * The floor under every reader of an environment: open, read and close /proc/PID/environ, and do nothing with it.
 * A line `ROUNDS PID...` on standard input is answered by one line of ROUNDS numbers: nanoseconds for all the PIDs once.
 * A line `run`, with a program and its arguments, all of them with a tab in front, is answered by the nanoseconds from
 * its start to its end: this process is small, so that starting another is not what is measured.
 * It ends when its standard input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 5, MOST_PIDS = 65536, MOST_ARGUMENTS = 32 };

extern char **environ;

static char buffer[8 << 20];
static char paths[MOST_PIDS][40];

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void read_one(const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, buffer, sizeof buffer) < 0) {
    fprintf(stderr, "floor: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  close(file);
}

static void measure(long rounds, int count) {
  for (long round = -WARM_UP; round < rounds; ++round) {
    const long long start = now();
    for (int i = 0; i < count; ++i) read_one(paths[i]);
    if (round >= 0) printf("%lld ", now() - start);
  }
  puts("");
  fflush(stdout);
}

static void run(char *line) {
  char *arguments[MOST_ARGUMENTS + 1] = {NULL};
  for (int i = 0; i < MOST_ARGUMENTS && (arguments[i] = strtok(i == 0 ? line : NULL, "\t\n")); ++i) {
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
  pid_t pid;
  int status = 0;
  const long long start = now();
  const int failure = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environ);
  if (failure != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    fprintf(stderr, "floor: %s: %s, status %d\n", arguments[0], strerror(failure), status);
    exit(1);
  }
  printf("%lld\n", now() - start);
  fflush(stdout);
  posix_spawn_file_actions_destroy(&actions);
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    if (strncmp(line, "run\t", 4) == 0) {
      run(line + 4);
      continue;
    }
    char *at = line;
    const long rounds = strtol(at, &at, 10);
    int count = 0;
    for (long pid; count < MOST_PIDS && (pid = strtol(at, &at, 10)) > 0; ++count) {
      snprintf(paths[count], sizeof paths[count], "/proc/%ld/environ", pid);
    }
    measure(rounds, count);
  }
  return 0;
}
