#include "core/maps.h"

#include "test/check.h"

using podprobe::core::find_mapping;
using podprobe::core::Mapping;
using podprobe::core::parse_maps;
using podprobe::core::region_name;

namespace {

/// Lines of `cat /proc/self/maps`, Debian 12, Linux 6.18, x86-64.
constexpr std::string_view cat =
    "5626c2996000-5626c2998000 r--p 00000000 fe:00 260131                     /usr/bin/cat\n"
    "5626c2998000-5626c299d000 r-xp 00002000 fe:00 260131                     /usr/bin/cat\n"
    "5626c29a1000-5626c29a2000 rw-p 0000a000 fe:00 260131                     /usr/bin/cat\n"
    "56270089f000-5627008c0000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f822c441000-7f822c466000 rw-p 00000000 00:00 0 \n"
    "7ffc49bcf000-7ffc49bf0000 rw-p 00000000 00:00 0                          [stack]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

std::vector<Mapping> parse(std::string_view text) { return parse_maps(text, 100); }

}  // namespace

TEST("reads every line in order") {
  const auto mappings = parse(cat);
  CHECK_EQUAL(mappings.size(), 7);
  const Mapping& data = mappings[2];
  CHECK_EQUAL(data.start, 0x5626c29a1000);
  CHECK_EQUAL(data.end, 0x5626c29a2000);
  CHECK(data.readable && data.writable && !data.executable && !data.shared);
  CHECK_EQUAL(data.offset, 0xa000);
  CHECK_EQUAL(data.major, 0xfe);
  CHECK_EQUAL(data.minor, 0);
  CHECK_EQUAL(data.inode, 260131);
  CHECK_EQUAL(data.path, "/usr/bin/cat");
  CHECK(data.file_backed());
}

TEST("permissions are what they are called") {
  const auto mappings = parse(cat);
  CHECK(mappings[1].executable && mappings[1].readable && !mappings[1].writable);
  CHECK(mappings[6].executable && !mappings[6].readable);
  CHECK(parse("1000-2000 rw-s 00000000 00:01 1 /memfd:x (deleted)\n")[0].shared);
}

TEST("a path keeps its spaces, its escapes and its (deleted)") {
  CHECK_EQUAL(parse("1000-2000 r--p 0 00:01 1  /a b  c (deleted)\n")[0].path, "/a b  c (deleted)");
  CHECK_EQUAL(parse("1000-2000 r--p 0 00:01 1 /a\\012b\n")[0].path, "/a\\012b");
  CHECK_EQUAL(parse("1000-2000 r--p 0 00:01 1 /\xff\n")[0].path, "/\xff");
}

TEST("names of places are those people use") {
  const auto mappings = parse(cat);
  CHECK_EQUAL(region_name(mappings[3]), "[heap]");
  CHECK_EQUAL(region_name(mappings[4]), "anonymous");
  CHECK_EQUAL(region_name(mappings[0]), "/usr/bin/cat");
}

TEST("finds the mapping of an address: start inclusive, end exclusive") {
  const auto mappings = parse(cat);
  CHECK(find_mapping(mappings, 0x5626c29a1000) == &mappings[2]);
  CHECK(find_mapping(mappings, 0x5626c29a1fff) == &mappings[2]);
  CHECK(find_mapping(mappings, 0x5626c29a2000) == nullptr);
  CHECK(find_mapping(mappings, 0x5626c2995fff) == nullptr);
  CHECK(find_mapping(mappings, 0) == nullptr);
  CHECK(find_mapping(mappings, ~0ULL) == nullptr);
  CHECK(find_mapping({}, 1) == nullptr);
}

TEST("leaves out lines that are no mapping, and keeps those after them") {
  for (const std::string_view line :
       {"", "x", "1000 2000 r--p 0 0:1 1", "2000-1000 r--p 0 0:1 1", "1000-1000 r--p 0 0:1 1", "1000-2000 r--pp 0 0:1 1",
        "1000-2000 r--p x 0:1 1", "1000-2000 r--p 0 01 1", "1000-2000 r--p 0 0:1 x", "1000-2000 r--p 0 0:1",
        "10000000000000000-20000000000000000 r--p 0 0:1 1", "-1-2 r--p 0 0:1 1"}) {
    const auto mappings = parse(std::string(line) + "\n" + std::string(cat));
    CHECK_EQUAL(mappings.size(), 7);
  }
}

TEST("a last line without its end counts when it is whole") {
  CHECK_EQUAL(parse("1000-2000 r--p 00000000 00:01 1").size(), 1);
  CHECK_EQUAL(parse("1000-2000 r--p 00000000 00:01").size(), 0);
}

TEST("stops after as many as asked for") { CHECK_EQUAL(parse_maps(cat, 3).size(), 3); }

TEST("the last page of the address space is a range") {
  CHECK_EQUAL(parse("fffffffffffff000-ffffffffffffffff r--p 0 0:0 0 \n")[0].end, ~0ULL);
}
