#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

/* System calls without a libc, so that nothing of a container can ever be loaded into this program. Each gives what the
   kernel gives: -errno on failure. */

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline long kernel6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static inline long kernel6(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "podprobe knows x86-64 and arm64"
#endif

#define KERNEL_PICK(_0, _1, _2, _3, _4, _5, _6, name, ...) name
#define KERNEL_0(n) kernel6(n, 0, 0, 0, 0, 0, 0)
#define KERNEL_1(n, a) kernel6(n, (long)(a), 0, 0, 0, 0, 0)
#define KERNEL_2(n, a, b) kernel6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define KERNEL_3(n, a, b, c) kernel6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define KERNEL_4(n, a, b, c, d) kernel6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define KERNEL_5(n, a, b, c, d, e) kernel6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define KERNEL_6(n, a, b, c, d, e, f) kernel6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* kernel(close, fd) */
#define kernel(name, ...)                                                                                            \
  KERNEL_PICK(_ __VA_OPT__(, ) __VA_ARGS__, KERNEL_6, KERNEL_5, KERNEL_4, KERNEL_3, KERNEL_2, KERNEL_1, KERNEL_0)    \
  (__NR_##name __VA_OPT__(, ) __VA_ARGS__)

/* The signals of a 64-bit kernel as one word: not libc's sigset_t. */
typedef uint64_t signal_set;

static inline size_t text_length(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}
