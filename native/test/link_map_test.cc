#include "core/link_map.h"

#include "test/check.h"
#include "test/dynamic_image.h"

using podprobe::core::LinkMap;
using podprobe::core::LoadedObject;
using podprobe::core::read_link_map;
using podprobe::test::FakeMemory;
using podprobe::test::put_link_map;

namespace {

const std::vector<LoadedObject> objects = {
    {.base = 0x5555'0000, .dynamic = 0x5555'3df8, .name = ""},
    {.base = 0x7ff0'0000, .dynamic = 0x7ff0'3e00, .name = "linux-vdso.so.1"},
    {.base = 0x7fe0'0000, .dynamic = 0x7fe1'd000, .name = "/lib/x86_64-linux-gnu/libc.so.6"}};

}  // namespace

TEST("reads the list of objects in order, for both classes") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    put_link_map(memory, 0x1000, objects, word);
    const LinkMap map = read_link_map(memory, 0x1000, word);
    CHECK(map.complete && map.consistent);
    CHECK_EQUAL(map.objects.size(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK_EQUAL(map.objects[i].base, objects[i].base);
      CHECK_EQUAL(map.objects[i].dynamic, objects[i].dynamic);
      CHECK_EQUAL(map.objects[i].name, objects[i].name);
    }
  }
}

TEST("a loader that has not begun has a complete list of nothing") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, {});
  const LinkMap map = read_link_map(memory, 0x1000, 8);
  CHECK(map.complete && map.consistent);
  CHECK(map.objects.empty());
}

TEST("says that the loader is just adding objects (RT_ADD)") {
  for (const unsigned word : {8U, 4U}) {
    FakeMemory memory;
    put_link_map(memory, 0x1000, objects, word);
    memory.put_words(0x1000 + 3 * word, {1}, 4);
    CHECK(!read_link_map(memory, 0x1000, word).consistent);
  }
}

TEST("r_state is an int: what is behind it on 64 bits does not count") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, objects);
  memory.put_words(0x1000 + 24 + 4, {0xffff'ffff}, 4);
  CHECK(read_link_map(memory, 0x1000, 8).consistent);
}

TEST("a list in a circle ends, and is not complete") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, objects);
  memory.put_words(0x1300 + 24, {0x1200});
  const LinkMap map = read_link_map(memory, 0x1000, 8);
  CHECK_EQUAL(map.objects.size(), 3);
  CHECK(!map.complete);
}

TEST("an object that names itself is listed once") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, std::span(objects).first(1));
  memory.put_words(0x1100 + 24, {0x1100});
  const LinkMap map = read_link_map(memory, 0x1000, 8);
  CHECK_EQUAL(map.objects.size(), 1);
  CHECK(!map.complete);
}

TEST("a list that leads into a hole is not complete, and keeps what came before") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, objects);
  memory.make_hole(0x1300 + 16, 8);
  const LinkMap map = read_link_map(memory, 0x1000, 8);
  CHECK_EQUAL(map.objects.size(), 2);
  CHECK(!map.complete);
}

TEST("a list without an end is bounded") {
  FakeMemory memory;
  memory.put_words(0x1000, {1, 0x10'0000, 0, 0});
  for (std::uint64_t i = 0; i < 5000; ++i) memory.put_words(0x10'0000 + i * 40, {0, 0, 0, 0x10'0000 + (i + 1) * 40});
  const LinkMap map = read_link_map(memory, 0x1000, 8);
  CHECK_EQUAL(map.objects.size(), 4096);
  CHECK(!map.complete);
}

TEST("a name is cut after 512 bytes, at a hole, or left empty") {
  FakeMemory memory;
  std::vector<LoadedObject> one = {objects[0]};
  put_link_map(memory, 0x1000, one);
  memory.fill(0x9000, 2000, 'n');
  memory.put_words(0x1108, {0x9000});
  CHECK_EQUAL(read_link_map(memory, 0x1000, 8).objects[0].name, std::string(512, 'n'));
  memory.put_words(0x1108, {0x9000 + 1990});
  CHECK_EQUAL(read_link_map(memory, 0x1000, 8).objects[0].name, std::string(10, 'n'));
  for (const std::uint64_t nowhere : {0ULL, 0x4'0000ULL, ~0ULL, ~0ULL - 100}) {
    memory.put_words(0x1108, {nowhere});
    CHECK_EQUAL(read_link_map(memory, 0x1000, 8).objects[0].name, "");
  }
}

TEST("a name across the border of a page is whole") {
  FakeMemory memory;
  put_link_map(memory, 0x1000, std::span(objects).first(1));
  memory.put_string(0x9ff0, "/lib/ld-musl-x86_64.so.1");
  memory.put_words(0x1108, {0x9ff0});
  CHECK_EQUAL(read_link_map(memory, 0x1000, 8).objects[0].name, "/lib/ld-musl-x86_64.so.1");
}

TEST("an r_debug that cannot be read has no objects and is not consistent") {
  FakeMemory memory;
  for (const std::uint64_t nowhere : {0x1000ULL, ~0ULL, ~0ULL - 8}) {
    const LinkMap map = read_link_map(memory, nowhere, 8);
    CHECK(map.objects.empty() && !map.consistent);
  }
}
