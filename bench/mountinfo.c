/*
 * The floor under every reader of a mount table: open, read and close /proc/PID/mountinfo.
 * A line `ROUNDS PID SPLIT` on standard input is answered by one line of ROUNDS numbers: nanoseconds each. With SPLIT 1,
 * it also parts every line into its fields. It ends when its standard input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 2 };

static char buffer[64 << 20];
static volatile size_t fields;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static size_t read_table(const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  size_t size = 0;
  ssize_t count;
  while ((count = read(file, buffer + size, sizeof buffer - size)) > 0) size += (size_t)count;
  if (file < 0 || count < 0) {
    fprintf(stderr, "mountinfo: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  close(file);
  return size;
}

static void split(size_t size) {
  size_t found = 0;
  for (char *at = buffer, *end = buffer + size; at < end; ++found) {
    char *next = at;
    while (next < end && *next != ' ' && *next != '\n') ++next;
    at = next + 1;
  }
  fields = found;
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    int rounds, pid, parts;
    char path[40];
    if (sscanf(line, "%d %d %d", &rounds, &pid, &parts) != 3) return 2;
    snprintf(path, sizeof path, "/proc/%d/mountinfo", pid);
    for (int round = -WARM_UP; round < rounds; ++round) {
      const long long start = now();
      const size_t read = read_table(path);
      if (parts) split(read);
      if (round >= 0) printf("%lld ", now() - start);
    }
    puts("");
    fflush(stdout);
  }
  return 0;
}
