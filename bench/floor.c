/*
 * The floor under every reader of an environment: open, read and close /proc/PID/environ, and do nothing with it.
 * A line `ROUNDS PID...` on standard input is answered by one line of ROUNDS numbers: nanoseconds for all the PIDs once.
 * It ends when its standard input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 5, MOST_PIDS = 65536 };

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

int main(void) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
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
