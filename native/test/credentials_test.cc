#include "core/credentials.h"

#include <string>

#include "test/check.h"

using podprobe::core::parse_credentials;

namespace {

/// What parse_credentials() uses of /proc/self/status in a container of runc 1.1.5, Linux 6.18.
const std::string status =
    "Name:\tcat\nUmask:\t0022\nState:\tR (running)\nUid:\t1000\t1001\t1002\t1001\nGid:\t1001\t1002\t1003\t1002\nFDSize:\t64\n"
    "Groups:\t5 20 \nCapInh:\t0000000000000001\nCapPrm:\t0000000000000002\nCapEff:\t0000000000000004\n"
    "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000010\nNoNewPrivs:\t1\nSeccomp:\t0\n";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = status;
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST("reads ids, groups, capability sets, no_new_privs and umask") {
  const auto found = parse_credentials(status);
  CHECK(found.has_value());
  CHECK_EQUAL(found->uids[0], 1000U);
  CHECK_EQUAL(found->uids[1], 1001U);
  CHECK_EQUAL(found->uids[2], 1002U);
  CHECK_EQUAL(found->gids[2], 1003U);
  CHECK_EQUAL(found->groups.size(), 2U);
  CHECK_EQUAL(found->groups[1], 20U);
  CHECK_EQUAL(found->inheritable, 1U);
  CHECK_EQUAL(found->permitted, 2U);
  CHECK_EQUAL(found->effective, 4U);
  CHECK_EQUAL(found->bounding, 0x1ff'ffff'ffffU);
  CHECK_EQUAL(found->ambient, 0x10U);
  CHECK(found->no_new_privs);
  CHECK_EQUAL(found->umask, 022U);
}

TEST("a process can have no groups") { CHECK(parse_credentials(replaced("Groups:\t5 20 ", "Groups:\t "))->groups.empty()); }

TEST("a program's name is no field") {
  CHECK_EQUAL(parse_credentials(replaced("Name:\tcat", "Name:\tUid:\\nUid:\t0"))->uids[0], 1000U);
}

TEST("is nothing when a line is missing, or is not as it must be") {
  for (const char* const line : {"Umask:\t0022\n", "Uid:\t1000\t1001\t1002\t1001\n", "Groups:\t5 20 \n", "CapAmb:\t0000000000000010\n", "NoNewPrivs:\t1\n"}) {
    CHECK(!parse_credentials(replaced(line, "")));
  }
  CHECK(!parse_credentials(replaced("Uid:\t1000", "Uid:\t-1")));
  CHECK(!parse_credentials(replaced("Uid:\t1000", "Uid:\t4294967296")));
  CHECK(!parse_credentials(replaced("Groups:\t5 20", "Groups:\t5 x")));
  CHECK(!parse_credentials(replaced("NoNewPrivs:\t1", "NoNewPrivs:\t2")));
  CHECK(!parse_credentials(replaced("Umask:\t0022", "Umask:\t7777")));
  CHECK(!parse_credentials(""));
}
