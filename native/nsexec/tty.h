#pragma once

#include "plan.h"

#include <poll.h>
#include <stdbool.h>

/* In the command's process: a new terminal of the container's devpts becomes its controlling one and its 0, 1 and 2; the
   master goes through `to`. */
void open_terminal(struct start *start, const struct plan *plan, int to);

/* In the monitor: the master, or -errno. */
long take_master(int from);

void resize(int master, uint16_t columns, uint16_t rows);

/* One direction of what goes through the monitor. */
struct flow {
  int from, to; /* -1: closed */
  size_t begin, end;
  char bytes[16384];
};

/* The monitor's two ways between the terminal and the pipes. */
struct pump {
  int master; /* -1: no terminal */
  struct flow in, out;
};

void start_pump(struct pump *pump, int master);

/* Fills four places; then, when poll(2) has filled them, moves what can be moved. */
void watch_pump(const struct pump *pump, struct pollfd polls[4]);
void run_pump(struct pump *pump, const struct pollfd polls[4]);

/* Whether there is still output that the command has written. */
bool pump_has_output(struct pump *pump);
