#include "core/process_table.h"

#include "test/check.h"

using podprobe::core::Credentials;
using podprobe::core::parse_namespace;
using podprobe::core::ProcessTable;
using podprobe::core::Stat;

namespace {

constexpr std::size_t words_each = ProcessTable::words_each;

Stat stat_of(int pid, std::string comm) {
  Stat stat;
  stat.pid = pid;
  stat.comm = std::move(comm);
  stat.state = 'S';
  return stat;
}

}  // namespace

TEST("a row tells what was read of a process") {
  Stat stat = stat_of(4242, "redis-server");
  stat.parent = 4200;
  stat.start_time = 0x1'0000'0002;
  Credentials credentials;
  credentials.uids = {999, 1000, 999};
  credentials.gids = {33, 34, 33};
  credentials.effective = 0x1'ffff'ffff;
  ProcessTable table;
  table.add(stat, credentials, "0::/kubepods\n", {.mnt = 1, .pid = 2, .user = 4026531837});
  const std::vector<std::uint32_t> row = {4242, 4200, 0, 'S', 2, 1, 999, 1000, 33, 34, 0xffff'ffff, 1, 1, 2, 4026531837, 12, 0};
  CHECK(table.words == row);
  CHECK_EQUAL(table.names, "redis-server");
  CHECK_EQUAL(table.cgroups, "0::/kubepods\n");
}

TEST("what may not be read is said, not made up") {
  ProcessTable table;
  table.add(stat_of(1, "a"), std::nullopt, std::nullopt, {});
  CHECK_EQUAL(table.words[2], 4);
  CHECK_EQUAL(table.words[16], ProcessTable::nowhere);
  CHECK_EQUAL(table.cgroups, "");
}

TEST("kernel threads and zombies are flagged") {
  Stat thread = stat_of(2, "kthreadd");
  thread.flags = 0x0020'0000;
  Stat zombie = stat_of(3, "gone");
  zombie.state = 'Z';
  ProcessTable table;
  table.add(thread, Credentials(), "", {});
  table.add(zombie, Credentials(), "", {});
  CHECK_EQUAL(table.words[2], 1);
  CHECK_EQUAL(table.words[words_each + 2], 2);
}

TEST("equal cgroup texts are kept once, different ones apart, an empty one too") {
  ProcessTable table;
  for (const char* text : {"0::/a\n", "", "0::/b\n", "0::/a\n", ""}) table.add(stat_of(1, "x"), Credentials(), text, {});
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < table.size(); ++i) numbers.push_back(table.words[i * words_each + 16]);
  CHECK(numbers == std::vector<std::uint32_t>({0, 1, 2, 0, 1}));
  CHECK(table.cgroup_ends == std::vector<std::uint32_t>({6, 6, 12}));
}

TEST("a namespace has the number in its link") {
  CHECK_EQUAL(parse_namespace("pid:[4026531836]"), 4026531836);
  for (const std::string_view link : {"", "pid:", "pid:[", "pid:[]", "pid:[x]", "pid:[4294967296]", "pid:[-1]"}) {
    CHECK_EQUAL(parse_namespace(link), 0);
  }
}
