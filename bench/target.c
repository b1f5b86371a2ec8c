/*
 * What is read: `target ADDED` calls setenv() ADDED times, so that its environ is on the heap; `target ADDED CHILDREN`
 * forks so many children, of which every other one calls setenv() ADDED times.
 * It prints the pids that are ready, on one line, and ends, with its children, when its standard input does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(int count) {
  for (int i = 0; i < count; ++i) {
    char name[32], value[32];
    snprintf(name, sizeof name, "ADDED_LATER_%d", i);
    snprintf(value, sizeof value, "value of number %d", i);
    if (setenv(name, value, 1) != 0) exit(1);
  }
}

/* Says that it is ready, and waits until nobody holds the other end of `life`. */
static void be_child(const int life[2], const int ready[2], int added) {
  char byte = 0;
  add(added);
  close(life[1]);
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  if (write(ready[1], &byte, 1) != 1) _exit(1);
  close(ready[1]);
  _exit(read(life[0], &byte, 1) != 0);
}

int main(int argc, char **argv) {
  const int added = argc > 1 ? atoi(argv[1]) : 0;
  const int children = argc > 2 ? atoi(argv[2]) : 0;
  int life[2], ready[2];
  char byte;
  if (pipe(life) != 0 || pipe(ready) != 0) return 1;
  if (children == 0) add(added);
  if (children == 0) printf("%d", getpid());
  for (int i = 0; i < children; ++i) {
    fflush(stdout);
    const pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid == 0) be_child(life, ready, i % 2 == 0 ? 0 : added);
    printf("%d ", pid);
  }
  for (int i = 0; i < children; ++i) {
    if (read(ready[0], &byte, 1) != 1) return 1;
  }
  puts("");
  fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  close(life[1]);
  while (wait(NULL) > 0) {
  }
  return 0;
}
