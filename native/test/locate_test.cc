#include "core/locate.h"

#include "test/check.h"
#include "test/fake_program.h"
#include "test/static_image.h"

namespace elf = podprobe::core::elf;
using podprobe::core::Auxv;
using podprobe::core::cleared_by_itself;
using podprobe::core::first_vector;
using podprobe::core::Layout;
using podprobe::core::locate_environ;
using podprobe::core::Located;
using podprobe::core::Location;
using podprobe::core::NotLocated;
using podprobe::test::Bytes;
using podprobe::test::DynamicProgram;
using podprobe::test::FakeMemory;
using podprobe::test::FakeProgram;
using podprobe::test::put_symtab;
using podprobe::test::StaticImage;
using podprobe::test::variable;

namespace {

constexpr std::uint64_t base = DynamicProgram::base, r_debug = DynamicProgram::r_debug, stack = DynamicProgram::stack,
                        libc = 0x7f00'0000;

Location location_of(const Located& located) {
  if (const auto* const missing = std::get_if<NotLocated>(&located)) throw podprobe::test::Failure{"not located: " + missing->reason};
  return std::get<Location>(located);
}

NotLocated missing(const Located& located) {
  const auto* const why = std::get_if<NotLocated>(&located);
  return why ? *why : NotLocated{.reason = "located"};
}

/// A static program whose file has these symbols.
struct StaticProgram : FakeProgram {
  Auxv auxv{.word = 8, .phdr = StaticImage::text + 64, .phnum = 2};

  explicit StaticProgram(const std::vector<podprobe::test::NamedBytes>& symbols) {
    StaticImage made;
    bytes = made.memory;
    file = made.file;
    put_symtab(*this, symbols);
  }

  Located locate() { return locate_environ(*this, auxv, StaticImage::stack); }
};

}  // namespace

TEST("dynamic program of glibc: __environ in libc's dynamic symbols") {
  DynamicProgram program;
  program.load("/lib/x86_64-linux-gnu/libc.so.6", libc, {variable("__environ", 0x8000), variable("environ", 0x8000)});
  const Location location = location_of(program.locate());
  CHECK_EQUAL(location.variable, libc + 0x8000);
  CHECK_EQUAL(location.locator, "dynsym");
  CHECK_EQUAL(location.runtime, "glibc");
  CHECK_EQUAL(location.layout, Layout::c_vector);
  CHECK_EQUAL(location.caveat, "");
}

TEST("dynamic program of musl") {
  DynamicProgram program;
  program.load("/lib/ld-musl-x86_64.so.1", libc, {variable("__environ", 0x8000)});
  CHECK_EQUAL(location_of(program.locate()).runtime, "musl");
}

TEST("a COPY relocation puts the variable into the program: the first object that defines it counts") {
  DynamicProgram program;
  program.objects.clear();
  program.load("", base + 0x2'0000, {variable("__environ", 0x9000)});
  program.load("/lib/x86_64-linux-gnu/libc.so.6", libc, {variable("__environ", 0x8000)});
  CHECK_EQUAL(location_of(program.locate()).variable, base + 0x2'9000);
}

TEST("__environ of any object goes before environ of an earlier one") {
  DynamicProgram program;
  program.load("libother.so", libc + 0x10'0000, {variable("environ", 0x9000)});
  program.load("/lib/x86_64-linux-gnu/libc.so.6", libc, {variable("__environ", 0x8000)});
  CHECK_EQUAL(location_of(program.locate()).variable, libc + 0x8000);
}

TEST("the caveat of a runtime comes along") {
  DynamicProgram program;
  program.path = "/usr/bin/bash";
  program.load("/lib/x86_64-linux-gnu/libc.so.6", libc, {variable("__environ", 0x8000)});
  CHECK(!location_of(program.locate()).caveat.empty());
}

TEST("a loader that has not begun, and objects without __environ, are unknown") {
  DynamicProgram program;
  program.load("/lib/libx.so", libc, {variable("other", 0x8000)});
  CHECK_EQUAL(missing(program.locate()).reason, "none of its objects defines __environ");
  program.objects.clear();
  CHECK_EQUAL(missing(program.locate()).reason, "its loader has not started it yet");
}

TEST("a list of objects without an end is unknown, not a static program") {
  DynamicProgram program;
  program.load("/lib/libx.so", libc, {variable("other", 0x8000)});
  podprobe::test::put_link_map(program.bytes, r_debug, program.objects);
  program.bytes.put_words(r_debug + 0x100 + 24, {r_debug + 0x100});
  CHECK_EQUAL(missing(locate_environ(program, program.auxv, stack)).reason, "its loader's list of objects does not end");
}

TEST("program headers that cannot be read are unknown") {
  DynamicProgram program;
  program.auxv.phdr = 0xdead'0000;
  CHECK_EQUAL(missing(program.locate()).reason, "its program headers at 0xdead0000 cannot be read");
  CHECK_EQUAL(missing(program.locate()).why, NotLocated::Why::unreadable);
}

TEST("ld.so ./prog: the image that has DT_DEBUG is the program") {
  DynamicProgram program(elf::pt_load);
  program.load("/lib/x86_64-linux-gnu/libc.so.6", libc, {variable("__environ", 0x8000)});
  const std::uint64_t loader = 0x7f80'0000;
  Bytes head = podprobe::test::elf_header({.phnum = 3});
  for (const elf::Segment& one : {elf::Segment{.type = elf::pt_phdr, .vaddr = 64}, {.type = elf::pt_load, .flags = 6, .filesz = 0x1000, .memsz = 0x1000},
                                  {.type = elf::pt_dynamic, .vaddr = 0x800}}) {
    head.append(podprobe::test::segment_bytes(one, 8));
  }
  program.bytes.put(loader, head);
  program.bytes.put_words(loader + 0x800, {elf::dt_strtab, 1, 0, 0});
  program.auxv = {.word = 8, .phdr = loader + 64, .phnum = 3};
  CHECK(missing(program.locate()).why != NotLocated::Why::ambiguous);
  program.maps = {{.start = base, .end = base + 0x1000, .offset = 0, .inode = 7, .path = "/usr/bin/app"},
                  {.start = loader, .end = loader + 0x1000, .offset = 0, .inode = 8, .path = "/lib/ld.so"}};
  CHECK_EQUAL(location_of(program.locate()).variable, libc + 0x8000);
}

TEST("a static program with symbols: __environ in .symtab of its file") {
  StaticProgram program({variable("__environ", StaticImage::data + 0x100), variable("environ", StaticImage::data + 0x100)});
  const Location location = location_of(program.locate());
  CHECK_EQUAL(location.variable, StaticImage::data + 0x100);
  CHECK_EQUAL(location.locator, "symtab");
  CHECK_EQUAL(location.runtime, "libc");
}

TEST("a NULL environ is the program's own doing once its libc has looked at argv") {
  DynamicProgram program;
  program.load("libc.so.6", libc, {variable("__environ", 0x8000), variable("program_invocation_name", 0x8008)});
  const Location location = location_of(program.locate());
  const auto cleared = [&](std::vector<std::uint64_t> name) {
    program.bytes.put_words(libc + 0x8008, name);
    return cleared_by_itself(program, program.auxv, location);
  };
  program.bytes.put_string(libc + 0x9000, "");
  program.bytes.put_string(stack + 0x100, "./app");
  CHECK(cleared({stack + 0x100}));
  CHECK(!cleared({libc + 0x9000}));
  CHECK(!cleared({0}));
  CHECK(!cleared({0x1000}));
}

TEST("before the loader has mapped libc, a NULL environ of the program's own is not its doing") {
  DynamicProgram program;
  program.objects.clear();
  program.load("", base + 0x2'0000, {variable("environ", 0x100)});
  const Location location = location_of(program.locate());
  CHECK(!cleared_by_itself(program, program.auxv, location));
}

TEST("a NULL environ of a static program is its own doing by the same mark in .symtab") {
  StaticProgram program({variable("__environ", StaticImage::data + 0x100), variable("program_invocation_name", StaticImage::data + 0x108)});
  const Location location = location_of(program.locate());
  program.bytes.put_words(StaticImage::data + 0x108, {0});
  CHECK(!cleared_by_itself(program, program.auxv, location));
  program.bytes.put_string(StaticImage::data + 0x110, "./app");
  program.bytes.put_words(StaticImage::data + 0x108, {StaticImage::data + 0x110});
  CHECK(cleared_by_itself(program, program.auxv, location));
}

TEST("a NULL environ is not the program's own doing where nothing tells, and never in Go; a scan has seen it lead somewhere") {
  StaticProgram program({variable("__environ", StaticImage::data + 0x100)});
  CHECK(!cleared_by_itself(program, program.auxv, {.locator = "symtab"}));
  CHECK(!cleared_by_itself(program, program.auxv, {.layout = Layout::go_slice, .locator = "go-symtab"}));
  CHECK(cleared_by_itself(program, program.auxv, {.locator = "scan"}));
}

TEST("a symbol of the wrong size, or outside of writable data, is not it") {
  for (const auto& symbol : {variable("__environ", StaticImage::data + 0x100, 16), variable("__environ", StaticImage::text),
                             variable("__environ", ~0ULL)}) {
    StaticProgram program({symbol});
    CHECK(missing(program.locate()).reason != "located");
  }
}

TEST("a file that is not the one mapped is not believed") {
  StaticProgram program({variable("__environ", StaticImage::data + 0x100)});
  program.file.put_words(64 + 16, {0x40'1000});
  CHECK_EQUAL(missing(program.locate()).reason, "a static program, and its file cannot be read");
  program.file_readable = false;
  CHECK_EQUAL(missing(program.locate()).reason, "a static program, and its file cannot be read");
}

TEST("Go with symbols: syscall.envs") {
  StaticProgram program({variable("runtime.envs", StaticImage::data + 0x200, 24), variable("syscall.envs", StaticImage::data + 0x100, 24)});
  const Location location = location_of(program.locate());
  CHECK_EQUAL(location.variable, StaticImage::data + 0x100);
  CHECK_EQUAL(location.layout, Layout::go_slice);
  CHECK_EQUAL(location.locator, "go-symtab");
  CHECK_EQUAL(location.runtime, "go");
}

TEST("Go without symbols is searched as Go") {
  StaticImage made;
  made.memory.put_string(StaticImage::data + 0x300, "\xff Go buildinf:");
  FakeProgram program;
  program.bytes = made.memory;
  program.file = made.file;
  const Auxv auxv{.word = 8, .phdr = StaticImage::text + 64, .phnum = 2};
  CHECK_EQUAL(missing(locate_environ(program, auxv, StaticImage::stack)).runtime, "go");
}

TEST("a static program without symbols is scanned") {
  StaticImage made;
  made.memory.put_words(StaticImage::data + 0x100, {StaticImage::first_vector});
  made.refer(StaticImage::data + 0x100, 9);
  FakeProgram program;
  program.bytes = made.memory;
  program.file = made.file;
  program.path = "/bin/busybox";
  const Auxv auxv{.word = 8, .phdr = StaticImage::text + 64, .phnum = 2};
  const Location location = location_of(locate_environ(program, auxv, StaticImage::stack));
  CHECK_EQUAL(location.variable, StaticImage::data + 0x100);
  CHECK_EQUAL(location.locator, "scan");
  CHECK(!location.caveat.empty());
  CHECK_EQUAL(missing(locate_environ(program, auxv, 0xdead'0000)).reason, "its stack at 0xdead0000 cannot be read");
}

TEST("the kernel's vector stands behind argc, argv and its NULL") {
  FakeMemory memory;
  memory.put_words(stack, {3});
  CHECK_EQUAL(first_vector(memory, stack, 8).value_or(0), stack + 8 * 5);
  memory.put_words(stack, {0});
  CHECK_EQUAL(first_vector(memory, stack, 4).value_or(0), stack + 4 * 2);
  memory.put_words(stack, {(1 << 20) + 1});
  CHECK(!first_vector(memory, stack, 8));
  CHECK(!first_vector(memory, 0xdead'0000, 8));
}
