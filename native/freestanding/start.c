/* The entry point of a program without a libc, and what the compiler may call although there is no libc. */
#include "freestanding/kernel.h"

/* The program: it ends by exit_group(2). */
_Noreturn void run_program(void);

void *memcpy(void *to, const void *from, size_t size) {
  unsigned char *out = to;
  const unsigned char *in = from;
  while (size--) *out++ = *in++;
  return to;
}

void *memset(void *to, int byte, size_t size) {
  unsigned char *out = to;
  while (size--) *out++ = (unsigned char)byte;
  return to;
}

__attribute__((used)) _Noreturn static void begin(void) { run_program(); }

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  and $-16, %rsp\n  call begin\n  hlt\n");
#else
__asm__(".globl _start\n_start:\n  mov x29, xzr\n  mov x30, xzr\n  bl begin\n  brk 1\n");
#endif
