#include "core/stat.h"

#include "test/check.h"

using podprobe::core::parse_stat;
using podprobe::core::Stat;

namespace {

/// `cat /proc/self/stat`, Debian 12, Linux 6.18, x86-64.
constexpr std::string_view cat =
    "5954 (cat) R 5950 5950 27629 0 -1 4194304 99 0 0 0 0 0 0 0 20 0 1 0 725048 3133440 414 18446744073709551615 "
    "94141539753984 94141539773865 140724799458496 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 94141539789872 94141539791488 "
    "94142290763776 140724799462112 140724799462132 140724799462132 140724799463403 0\n";

std::string with_comm(std::string_view comm) {
  std::string line(cat);
  return line.replace(line.find("cat"), 3, comm);
}

std::string without_last_fields(int count) {
  std::string line(cat);
  for (int i = 0; i < count; ++i) line.resize(line.rfind(' '));
  return line;
}

}  // namespace

TEST("reads the line of a process") {
  const auto stat = parse_stat(cat);
  CHECK(stat.has_value());
  CHECK_EQUAL(stat->pid, 5954);
  CHECK_EQUAL(stat->comm, "cat");
  CHECK_EQUAL(stat->state, 'R');
  CHECK_EQUAL(stat->parent, 5950);
  CHECK_EQUAL(stat->flags, 4194304);
  CHECK_EQUAL(stat->start_time, 725048);
  CHECK_EQUAL(stat->start_stack, 140724799458496);
  CHECK_EQUAL(stat->arg_start, 140724799462112);
  CHECK_EQUAL(stat->arg_end, 140724799462132);
  CHECK_EQUAL(stat->env_start, 140724799462132);
  CHECK_EQUAL(stat->env_end, 140724799463403);
  CHECK(!stat->kernel_thread() && !stat->zombie() && !stat->stopped());
}

TEST("a kernel thread is one, and has no addresses (Debian 12, Linux 6.18)") {
  const auto stat = parse_stat(
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 1 "
      "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  CHECK(stat.has_value());
  CHECK(stat->kernel_thread());
  CHECK_EQUAL(stat->env_start, 0);
}

TEST("the name goes on to the last parenthesis") {
  for (const std::string_view comm : {"a) S 1 2", ") (", "((", "))))", "", " ", "my comm", "a\nb", "\xff\xfe"}) {
    const auto stat = parse_stat(with_comm(comm));
    CHECK(stat.has_value());
    CHECK_EQUAL(stat->comm, comm);
    CHECK_EQUAL(stat->state, 'R');
    CHECK_EQUAL(stat->env_end, 140724799463403);
  }
}

TEST("names the states that matter") {
  for (const auto& [state, zombie, stopped] : {std::tuple{'Z', true, false}, {'X', true, false}, {'T', false, true},
                                               {'t', false, true}, {'S', false, false}, {'I', false, false}}) {
    std::string line(cat);
    line[line.find(" R ") + 1] = state;
    const auto stat = parse_stat(line);
    CHECK(stat.has_value());
    CHECK_EQUAL(stat->zombie(), zombie);
    CHECK_EQUAL(stat->stopped(), stopped);
  }
}

TEST("the image is the same as long as start time and addresses are") {
  const Stat stat = *parse_stat(cat);
  CHECK(stat.same_image(*parse_stat(with_comm("other"))));
  for (std::uint64_t Stat::*field : {&Stat::start_time, &Stat::start_stack, &Stat::arg_start, &Stat::env_start, &Stat::env_end}) {
    Stat other = stat;
    other.*field += 1;
    CHECK(!stat.same_image(other));
  }
}

TEST("the exit code is not needed, env_end is") {
  CHECK(parse_stat(without_last_fields(1)).has_value());
  CHECK(!parse_stat(without_last_fields(2)));
}

TEST("numbers of 64 bits fit, larger ones are refused") {
  std::string line = without_last_fields(2);
  CHECK_EQUAL(parse_stat(line + " 18446744073709551615 0")->env_end, ~0ULL);
  CHECK(!parse_stat(line + " 18446744073709551616 0"));
  CHECK(!parse_stat(line + " -1 0"));
}

TEST("refuses what is no such line") {
  for (const std::string_view line :
       {"", "\n", "1", "1 (a", "1 a)", ")(", "(a) S 1", " (a) S 1", "1 (a)", "1 (a) ", "1 (a) SS 1", "x (a) S 1",
        "-1 (a) S 1", "4294967296 (a) S 1", "1 (a)S 1"}) {
    CHECK(!parse_stat(line));
  }
}
