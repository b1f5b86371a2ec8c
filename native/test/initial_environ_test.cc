#include "core/initial_environ.h"

#include "test/bytes.h"
#include "test/check.h"

using podprobe::core::InitialArea;
using podprobe::core::InitialEnviron;
using podprobe::core::InitialState;
using podprobe::core::judge_initial_environ;
using podprobe::core::Limits;
using podprobe::test::Bytes;

namespace {

constexpr std::uint64_t start = 0x7ffe'1000;
const Bytes two = Bytes().string("HOME=/root").string("A=1");

InitialArea area_of(std::size_t size) {
  return {.start = start, .end = start + size, .arg_end = start, .start_stack = 0x7ffe'0000, .execfn = start + size,
          .vector_known = true, .vector = {start, start + 11}};
}

InitialEnviron judge(const Bytes& bytes, const InitialArea& area) { return judge_initial_environ(bytes, area, Limits{}); }
InitialEnviron judge(const Bytes& bytes) { return judge(bytes, area_of(bytes.size())); }

}  // namespace

TEST("what execve(2) left is intact, in order and with its addresses") {
  const auto initial = judge(two);
  CHECK_EQUAL(initial.state, InitialState::intact);
  CHECK_EQUAL(initial.reason, "");
  CHECK_EQUAL(initial.entries.size(), 2);
  CHECK_EQUAL(initial.entries.at(0), "HOME=/root");
  CHECK_EQUAL(initial.entries.at(1), "A=1");
  CHECK_EQUAL(initial.entries.addresses[1], start + 11);
}

TEST("strings without an equals sign are intact when execve(2) was given them") {
  const Bytes bytes = Bytes().string("HOME=/root").string("odd");
  CHECK_EQUAL(judge(bytes).state, InitialState::intact);
  InitialArea unknown = area_of(bytes.size());
  unknown.vector_known = false;
  CHECK_EQUAL(judge(bytes, unknown).state, InitialState::overwritten);
}

TEST("a vector that setenv(3) has changed is no reason to doubt") {
  InitialArea area = area_of(two.size());
  area.vector = {start, 0x5555'0000};
  CHECK_EQUAL(judge(two, area).state, InitialState::intact);
}

TEST("an area in which a title was written is overwritten") {
  const auto initial = judge(Bytes().text("nginx: worker process").string("").string("").string("A=1"));
  CHECK_EQUAL(initial.state, InitialState::overwritten);
  CHECK_EQUAL(initial.reason, "string 1 is not NAME=value");
}

TEST("a last string without its end was overwritten") {
  const auto initial = judge(Bytes().string("A=1").text("B=2"));
  CHECK_EQUAL(initial.state, InitialState::overwritten);
  CHECK_EQUAL(initial.reason, "its last string has no end");
  CHECK_EQUAL(initial.entries.at(1), "B=2");
}

TEST("no reason shows what was written") {
  const auto initial = judge(Bytes().string("planted secret"));
  CHECK_EQUAL(initial.state, InitialState::overwritten);
  CHECK(initial.reason.find("planted") == std::string::npos);
}

TEST("a program started without variables is empty") {
  InitialArea area = area_of(0);
  area.vector = {};
  CHECK_EQUAL(judge({}, area).state, InitialState::empty);
}

TEST("no bytes, or too few, of an area that has some are unreadable") {
  const auto none = judge({}, area_of(100));
  CHECK_EQUAL(none.state, InitialState::unreadable);
  CHECK_EQUAL(none.reason, "the kernel gave no bytes of an area of 100");
  const auto few = judge(two, area_of(100));
  CHECK_EQUAL(few.state, InitialState::unreadable);
  CHECK_EQUAL(few.reason, "the kernel gave 15 bytes of an area of 100");
  CHECK_EQUAL(few.entries.size(), 2);
}

TEST("an area that is not behind the stack's vectors was relocated (PR_SET_MM)") {
  InitialArea area = area_of(two.size());
  area.start_stack = start;
  CHECK_EQUAL(judge(two, area).state, InitialState::relocated);
  area.start_stack = ~0ULL;
  CHECK_EQUAL(judge(two, area).state, InitialState::relocated);
}

TEST("an area that does not end at AT_EXECFN was relocated; without AT_EXECFN nobody knows") {
  InitialArea area = area_of(two.size());
  area.execfn = start + 4096;
  const auto initial = judge(two, area);
  CHECK_EQUAL(initial.state, InitialState::relocated);
  CHECK_EQUAL(initial.reason, "env_end 0x7ffe100f is not where the variables end (0x7ffe2000)");
  area.execfn = 0;
  CHECK_EQUAL(judge(two, area).state, InitialState::intact);
}

TEST("an area that neither follows the arguments nor starts with the first variable was relocated") {
  InitialArea area = area_of(two.size());
  area.arg_end = start - 8;
  CHECK_EQUAL(judge(two, area).state, InitialState::intact);
  area.vector.front() = 0x5555'0000;
  CHECK_EQUAL(judge(two, area).state, InitialState::relocated);
  area.vector.clear();
  CHECK_EQUAL(judge(two, area).state, InitialState::relocated);
  area.vector_known = false;
  CHECK_EQUAL(judge(two, area).state, InitialState::intact);
}

TEST("more strings than the limit are cut, and that is said") {
  Bytes many;
  for (int i = 0; i < 10; ++i) many.string("A=1");
  const auto initial = judge_initial_environ(many, area_of(many.size()), {.entries = 4, .string = 100, .total = 1000});
  CHECK_EQUAL(initial.entries.size(), 4);
  CHECK(initial.entries.truncated);
}

TEST("an end before the start, and addresses at the end of the address space, are judged") {
  InitialArea area = area_of(two.size());
  area.end = start - 1;
  area.execfn = 0;
  CHECK_EQUAL(judge(two, area).state, InitialState::unreadable);
  area.start = ~0ULL - 3;
  area.end = ~0ULL;
  CHECK(judge(two, area).state != InitialState::intact);
}
