// watch write DIR COUNT US: gives DIR so many generations, a pause apart, in kubelet's order; begins with a line on standard
//   input. Prints for each its number and the CLOCK_MONOTONIC nanoseconds just before the rename.
// watch read DIR: the least that a watcher of them can do, in C. Prints the number of each, when it was told of it, and when
//   it had read all keys. watch read-early DIR: the same, woken by the writer's first step, too.
// watch elsewhere PROGRAM ARGUMENTS: runs a program on other processors than the writer's. On the same one, as the scheduler
//   would have it at times, a reader is woken when the writer sleeps and not when it renames.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const keys[] = {"username", "password"};
enum { KEYS = sizeof keys / sizeof *keys };

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/// The writer has the first processor for itself, if there are two.
static void take_processors(bool writer) {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) < 2) return;
  int first = 0;
  while (!CPU_ISSET(first, &processors)) ++first;
  if (writer) CPU_ZERO(&processors);
  if (writer) CPU_SET(first, &processors);
  else CPU_CLR(first, &processors);
  sched_setaffinity(0, sizeof processors, &processors);
}

static void name_of(char *name, size_t size, int number) { snprintf(name, size, "..2026_11_24_00_00_00.%d", number); }

static void write_key(const char *generation, const char *key, int number) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", generation, key);
  const int file = open(path, O_CREAT | O_WRONLY, 0644);
  dprintf(file, "value %d", number);
  close(file);
}

static void remove_generation(const char *generation) {
  char path[128];
  for (int i = 0; i < KEYS; ++i) {
    snprintf(path, sizeof path, "%s/%s", generation, keys[i]);
    unlink(path);
  }
  rmdir(generation);
}

static long long swap(int number) {
  char name[64], old[64];
  name_of(name, sizeof name, number);
  name_of(old, sizeof old, number - 1);
  mkdir(name, 0755);
  for (int i = 0; i < KEYS; ++i) write_key(name, keys[i], number);
  if (symlink(name, "..data_tmp") != 0) exit(1);
  const long long at = now();
  if (rename("..data_tmp", "..data") != 0) exit(1);
  remove_generation(old);
  return at;
}

static int write_all(int count, useconds_t pause) {
  char line[16];
  take_processors(true);
  long long *const times = calloc(count + 1, sizeof *times);
  puts("ready");
  fflush(stdout);
  if (!fgets(line, sizeof line, stdin)) return 1;
  for (int number = 1; number <= count; ++number) {
    times[number] = swap(number);
    usleep(pause);
  }
  for (int number = 1; number <= count; ++number) printf("%d %lld\n", number, times[number]);
  return 0;
}

static void report(long long told) {
  char name[64], value[64];
  const ssize_t size = readlink("..data", name, sizeof name - 1);
  if (size < 0) return;
  name[size] = 0;
  const int generation = open(name, O_DIRECTORY | O_RDONLY);
  for (int i = 0; i < KEYS; ++i) {
    const int file = openat(generation, keys[i], O_RDONLY);
    if (read(file, value, sizeof value) < 0) return;
    close(file);
  }
  close(generation);
  printf("%s %lld %lld\n", strrchr(name, '.') + 1, told, now());
}

static int read_all(uint32_t woken_by) {
  char buffer[4096];
  const int events = inotify_init1(IN_CLOEXEC);
  if (inotify_add_watch(events, ".", woken_by | IN_MOVED_TO | IN_ONLYDIR) < 0) return 1;
  puts("ready");
  fflush(stdout);
  while (access("end", F_OK) != 0) {
    const ssize_t size = read(events, buffer, sizeof buffer);
    const long long told = now();
    for (ssize_t at = 0; at < size; at += sizeof(struct inotify_event) + ((struct inotify_event *)(buffer + at))->len) {
      if (strcmp(((struct inotify_event *)(buffer + at))->name, "..data") == 0) report(told);
    }
  }
  return 0;
}

static int run_elsewhere(char **words) {
  take_processors(false);
  execvp(words[0], words);
  perror(words[0]);
  return 127;
}

int main(int count, char **words) {
  if (count > 2 && strcmp(words[1], "elsewhere") == 0) return run_elsewhere(words + 2);
  if (count < 3 || chdir(words[2]) != 0) return 2;
  if (strcmp(words[1], "write") == 0) return write_all(atoi(words[3]), atoi(words[4]));
  return read_all(strcmp(words[1], "read-early") == 0 ? IN_CREATE : 0);
}
