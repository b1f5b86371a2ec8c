#include "core/auxv.h"

#include "test/bytes.h"
#include "test/check.h"

using podprobe::core::Auxv;
using podprobe::core::parse_auxv;
using podprobe::test::Bytes;

TEST("reads the vector of a 64-bit program (od -tx8 /proc/self/auxv, Debian 12, Linux 6.18, x86-64)") {
  const Bytes bytes = Bytes().words(
      {0x21, 0x7f5e7ab7c000, 0x33, 0xd30, 0x10, 0x178bfbff, 0x6, 0x1000, 0x11, 0x64, 0x3, 0x55c47f33c040, 0x4, 0x38,
       0x5, 0xd, 0x7, 0x7f5e7ab7e000, 0x8, 0x0, 0x9, 0x55c47f33f4c0, 0xb, 0x0, 0xc, 0x0, 0xd, 0x0, 0xe, 0x0, 0x17, 0x0,
       0x19, 0x7ffebdc49b99, 0x1a, 0x2, 0x1f, 0x7ffebdc4afec, 0xf, 0x7ffebdc49ba9, 0x1b, 0x1c, 0x1c, 0x20, 0x0, 0x0});
  CHECK(parse_auxv(bytes) ==
        (Auxv{.word = 8, .phdr = 0x55c47f33c040, .phnum = 13, .base = 0x7f5e7ab7e000, .execfn = 0x7ffebdc4afec}));
}

TEST("reads the vector of a 32-bit program") {
  const Bytes bytes =
      Bytes().words({6, 4096, 3, 0x56578034, 4, 32, 5, 11, 7, 0xf7f5c000, 31, 0xffb5dff0, 0, 0}, 4);
  CHECK(parse_auxv(bytes) ==
        (Auxv{.word = 4, .phdr = 0x56578034, .phnum = 11, .base = 0xf7f5c000, .execfn = 0xffb5dff0}));
}

TEST("stops at AT_NULL") {
  const auto auxv = parse_auxv(Bytes().words({4, 56, 0, 0, 3, 0x1000, 5, 9}));
  CHECK(auxv.has_value());
  CHECK_EQUAL(auxv->phdr, 0);
  CHECK_EQUAL(auxv->phnum, 0);
}

TEST("takes a vector without AT_NULL to its last whole pair") {
  Bytes bytes = Bytes().words({4, 56, 3, 0x1000});
  bytes.u64(5).u32(9);
  const auto auxv = parse_auxv(bytes);
  CHECK(auxv.has_value());
  CHECK_EQUAL(auxv->phdr, 0x1000);
  CHECK_EQUAL(auxv->phnum, 0);
}

TEST("keeps absurd values for the reader to bound") {
  const auto auxv = parse_auxv(Bytes().words({4, 56, 3, ~0ULL, 5, ~0ULL, 0, 0}));
  CHECK(auxv.has_value());
  CHECK_EQUAL(auxv->phdr, ~0ULL);
  CHECK_EQUAL(auxv->phnum, ~0ULL);
}

TEST("is nothing for bytes that name no program") {
  CHECK(!parse_auxv({}));
  CHECK(!parse_auxv(Bytes(7)));
  CHECK(!parse_auxv(Bytes(64)));
  CHECK(!parse_auxv(Bytes().words({4, 55, 3, 0x1000, 0, 0})));
  CHECK(!parse_auxv(Bytes().words({3, 0x1000, 5, 9, 0, 0})));
}
