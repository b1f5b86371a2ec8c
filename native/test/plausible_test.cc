#include "core/plausible.h"

#include "test/check.h"
#include "test/fake_memory.h"

using podprobe::core::may_be_entry;
using podprobe::core::plausible;
using podprobe::core::ProbeBudget;
using podprobe::test::FakeMemory;

TEST("an entry is NAME=value with any value") {
  for (const std::string_view entry : {"A=", "A=b", "PATH=/bin:/usr/bin", "A==", "a-b.c=1", "BASH_FUNC_f%%=() {  :\n}", "A=\xff\x01"}) {
    CHECK(plausible(entry));
  }
}

TEST("other strings are none") {
  using namespace std::string_view_literals;
  for (const std::string_view entry : {""sv, "="sv, "=a"sv, "A"sv, "A b=c"sv, "\xc3\xa4=1"sv, "A\n=1"sv, "\x7f=1"sv, "A=b\0c"sv, "A\0=c"sv}) {
    CHECK(!plausible(entry));
  }
}

TEST("a name longer than 256 bytes is still one") { CHECK(plausible(std::string(300, 'N') + "=1")); }

TEST("a pointer to a name and an equals sign may be one") {
  FakeMemory memory;
  memory.put_string(0x2000, "HOME=/root");
  CHECK(may_be_entry(memory, 0x2000));
  CHECK(may_be_entry(memory, 0x2003));
  CHECK(!may_be_entry(memory, 0x2004));
  CHECK(!may_be_entry(memory, 0x2005));
  CHECK(!may_be_entry(memory, 0x3000));
}

TEST("low addresses are no pointers") {
  FakeMemory memory;
  memory.put_string(0x10, "A=1");
  CHECK(!may_be_entry(memory, 0x10));
  CHECK(!may_be_entry(memory, 0));
  CHECK(!may_be_entry(memory, ~0ULL));
}

TEST("a name that goes on behind the page is left to the full look") {
  FakeMemory memory;
  memory.put_string(0x2ffe, "NAME=1");
  CHECK(may_be_entry(memory, 0x2ffe));
  CHECK_EQUAL(memory.reads, 1);
  memory.fill(0x5000, 300, 'N');
  CHECK(may_be_entry(memory, 0x5000));
}

TEST("a budget is spent once and for all") {
  ProbeBudget budget;
  CHECK(budget.spend(0, 0) && budget.spend(499'999, 63) && !budget.exhausted());
  CHECK(!budget.spend(0, 64));
  CHECK(budget.exhausted() && !budget.spend(0, 0));
}

TEST("more than the budget at once exhausts it") {
  ProbeBudget budget;
  CHECK(!budget.spend(~0ULL, ~0ULL));
  CHECK(budget.exhausted());
}
