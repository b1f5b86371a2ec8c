#include "core/runtime.h"

#include "test/check.h"

using podprobe::core::caveat_for;
using podprobe::core::libc_of;
using podprobe::core::LoadedObject;

namespace {

std::string with_library(std::string_view path) {
  return caveat_for("/usr/bin/app", {{.base = 0, .dynamic = 0, .name = ""}, {.base = 0, .dynamic = 0, .name = std::string(path)}});
}

bool says(std::string_view caveat, std::string_view word) { return caveat.find(word) != std::string_view::npos; }

}  // namespace

TEST("an ordinary program has no caveat") {
  for (const auto* exe : {"", "/", "/usr/bin/cat", "/usr/bin/pythonista/x", "/opt/java/bin/app", "/usr/bin/dashboard", " (deleted)"}) {
    CHECK_EQUAL(caveat_for(exe, {}), "");
  }
  CHECK_EQUAL(with_library("/lib/x86_64-linux-gnu/libc.so.6"), "");
}

TEST("knows shells that keep a table of their own") {
  for (const auto* exe : {"/usr/bin/dash", "/bin/busybox", "/bin/busybox.static", "/usr/bin/ksh93", "/usr/bin/fish", "dash"}) {
    CHECK(says(caveat_for(exe, {}), "table of its own"));
  }
}

TEST("knows the runtimes by the program's name") {
  CHECK(says(caveat_for("/usr/bin/bash", {}), "next external command"));
  CHECK(says(caveat_for("/usr/bin/python3.11", {}), "os.environ"));
  CHECK(says(caveat_for("/usr/bin/node", {}), "worker threads"));
  CHECK(says(caveat_for("/usr/lib/jvm/bin/java", {}), "JVM"));
  CHECK(says(caveat_for("/usr/bin/dotnet", {}), ".NET"));
}

TEST("a program whose file was deleted is known by its old name") {
  CHECK(says(caveat_for("/usr/bin/bash (deleted)", {}), "next external command"));
}

TEST("a library says it whatever the program is called") {
  CHECK(says(with_library("/usr/lib/jvm/lib/server/libjvm.so"), "JVM"));
  CHECK(says(with_library("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0"), "os.environ"));
  CHECK(says(with_library("/usr/share/dotnet/libcoreclr.so"), ".NET"));
  CHECK(says(with_library("libnode.so.108"), "worker threads"));
  CHECK_EQUAL(with_library("/usr/lib/libjvm.so.old"), "");
}

TEST("a library goes before the program's name") {
  CHECK(says(caveat_for("/usr/bin/bash", {{.base = 0, .dynamic = 0, .name = "/x/libjvm.so"}}), "JVM"));
}

TEST("knows the libc by the name of its file") {
  CHECK_EQUAL(libc_of("/lib/x86_64-linux-gnu/libc.so.6"), "glibc");
  CHECK_EQUAL(libc_of("/lib64/libc-2.31.so"), "glibc");
  CHECK_EQUAL(libc_of("/lib/ld-musl-x86_64.so.1"), "musl");
  CHECK_EQUAL(libc_of("/lib/ld-musl-aarch64.so.1 (deleted)"), "musl");
  for (const auto* other : {"", "libc.so", "/system/lib64/libc.so", "/usr/lib/musl/libcrypto.so", "/lib/libcap.so.2"}) {
    CHECK_EQUAL(libc_of(other), "libc");
  }
}
