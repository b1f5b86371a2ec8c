#include "core/mount_table.h"

#include "test/check.h"

using podprobe::core::MountLine;
using podprobe::core::MountTable;
using podprobe::core::parse_mount_line;
using podprobe::core::parse_mountinfo;
using podprobe::core::unescape;

namespace {

enum Text { root, point, options, optional, type, source, super };

/// Lines of /proc/self/mountinfo, Debian 12, Linux 6.18: what mount(8) made in a new namespace.
constexpr std::string_view mounts =
    "43 42 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,resv_strict\n"
    "64 63 0:40 / /mnt/x/e rw,relatime - tmpfs  rw\n"
    "65 63 0:41 / /mnt/x/a\\040-\\040b ro,relatime master:1 propagate_from:2 unbindable - tmpfs x\\040y\\043z ro\n"
    "66 63 0:42 / /mnt/x/tab\\011newline\\012backslash\\134 rw,relatime - tmpfs tmpfs rw,size=4k\n"
    "70 63 0:39 /..2026_11_23_06_45_21.1923261846/caz//deleted /mnt/sub/caz ro,relatime - tmpfs tmpfs rw\n";

/// A table without its packing: numbers id, parent, major, minor; texts as above.
struct Unpacked {
  struct Mount {
    std::array<std::uint32_t, 4> numbers;
    std::array<std::string, 7> texts;
  };

  explicit Unpacked(const MountTable& table) : malformed(table.malformed) {
    podprobe::core::for_each_mount(table, [&](const MountLine& mount) {
      const auto own = [](std::string_view text) { return std::string(text); };
      mounts.push_back({{mount.id, mount.parent, mount.major, mount.minor},
                        {own(mount.root), own(mount.point), own(mount.options), own(mount.optional), own(mount.type), own(mount.source),
                         own(mount.super_options)}});
    });
  }

  std::size_t size() const { return mounts.size(); }
  std::uint32_t number(std::size_t mount, std::size_t which) const { return mounts.at(mount).numbers.at(which); }
  const std::string& text(std::size_t mount, std::size_t which) const { return mounts.at(mount).texts.at(which); }

  std::vector<Mount> mounts;
  std::size_t malformed;
};

std::string unescaped(std::string_view text) {
  std::string out(text);
  out.resize(unescape(out.data(), out.size()));
  return out;
}

Unpacked one(std::string_view lines) { return Unpacked(parse_mountinfo(lines)); }

}  // namespace

TEST("reads every field of a line") {
  const Unpacked table = one(mounts);
  CHECK_EQUAL(table.size(), 5);
  CHECK_EQUAL(table.malformed, 0);
  CHECK_EQUAL(table.number(0, 0), 43);
  CHECK_EQUAL(table.number(0, 1), 42);
  CHECK_EQUAL(table.number(0, 2), 254);
  CHECK_EQUAL(table.number(0, 3), 0);
  CHECK_EQUAL(table.text(0, root), "/");
  CHECK_EQUAL(table.text(0, point), "/");
  CHECK_EQUAL(table.text(0, options), "rw,relatime");
  CHECK_EQUAL(table.text(0, optional), "shared:1");
  CHECK_EQUAL(table.text(0, type), "ext4");
  CHECK_EQUAL(table.text(0, source), "/dev/vda");
  CHECK_EQUAL(table.text(0, super), "rw,discard,resv_strict");
}

TEST("an empty source is an empty source") {
  const Unpacked table = one(mounts);
  CHECK_EQUAL(table.text(1, type), "tmpfs");
  CHECK_EQUAL(table.text(1, source), "");
  CHECK_EQUAL(table.text(1, super), "rw");
}

TEST("keeps all optional fields, and none") {
  const Unpacked table = one(mounts);
  CHECK_EQUAL(table.text(1, optional), "");
  CHECK_EQUAL(table.text(2, optional), "master:1 propagate_from:2 unbindable");
}

TEST("undoes the escapes of root, mount point and source") {
  const Unpacked table = one(mounts);
  CHECK_EQUAL(table.text(2, point), "/mnt/x/a - b");
  CHECK_EQUAL(table.text(2, source), "x y#z");
  CHECK_EQUAL(table.text(3, point), "/mnt/x/tab\tnewline\nbackslash\\");
}

TEST("leaves the escapes of options, where they keep separators apart") {
  const Unpacked table = one("1 1 0:1 / / rw - overlay overlay rw,lowerdir=/a\\054b:/c\\040d\n");
  CHECK_EQUAL(table.text(0, super), "rw,lowerdir=/a\\054b:/c\\040d");
}

TEST("keeps what was unlinked") {
  CHECK_EQUAL(one(mounts).text(4, root), "/..2026_11_23_06_45_21.1923261846/caz//deleted");
}

TEST("keeps a source that begins with #, and a root that is no path") {
  const Unpacked table = one("1 1 0:4 net:[4026531840] /run/netns/a rw - nsfs \\043x rw\n");
  CHECK_EQUAL(table.text(0, root), "net:[4026531840]");
  CHECK_EQUAL(table.text(0, source), "#x");
}

TEST("keeps bytes that are no text") {
  CHECK_EQUAL(one("1 1 0:1 / /\xff\xfe\x01 rw - tmpfs \x80 rw\n").text(0, point), "/\xff\xfe\x01");
}

TEST("reads a subtype and a dash in every place that may hold one") {
  const Unpacked table = one("1 1 0:1 /- /- rw - fuse.a-b - rw,- -\n");
  CHECK_EQUAL(table.text(0, type), "fuse.a-b");
  CHECK_EQUAL(table.text(0, source), "-");
  CHECK_EQUAL(table.text(0, super), "rw,- -");
}

TEST("reads a very long line") {
  const std::string path(100'000, 'p');
  CHECK_EQUAL(one("1 1 0:1 / /" + path + " rw - tmpfs tmpfs rw\n").text(0, point), "/" + path);
}

TEST("reads a last line without a line end") { CHECK_EQUAL(one("1 1 0:1 / / rw - tmpfs tmpfs rw").size(), 1); }

TEST("counts the lines that are no mounts, and goes on") {
  for (const std::string_view line :
       {"", " ", "x", "1 2", "1 2 0:1 / / rw tmpfs tmpfs rw", "-1 2 0:1 / / rw - a b c", "1 2 0 / / rw - a b c",
        "1 2 0:1:2 / / rw - a b c", "1 2 0:1  / rw - a b c", "1 2 0:1 / / rw -", "1 2 0:1 / / rw - a", "1 2 0:1 / / rw - a b",
        "1 2 0:1 / / rw - a b ", "4294967296 2 0:1 / / rw - a b c", "1 2 0:1 / / - a b c"}) {
    const Unpacked table = one(std::string(line) + "\n" + std::string(mounts));
    CHECK_EQUAL(table.malformed, 1);
    CHECK_EQUAL(table.size(), 5);
  }
}

TEST("an empty file is an empty table") {
  CHECK_EQUAL(parse_mountinfo("").size, 0);
  CHECK_EQUAL(parse_mountinfo("").malformed, 0);
}

TEST("takes the file in parts, wherever they end") {
  const MountTable whole = parse_mountinfo(mounts);
  for (std::size_t size = 1; size < 90; ++size) {
    podprobe::core::MountinfoParser parser;
    for (std::size_t at = 0; at < mounts.size(); at += size) parser.feed(mounts.substr(at, size));
    const MountTable table = parser.finish();
    CHECK(table.mounts == whole.mounts && table.kinds == whole.kinds && table.block == whole.block && table.ends == whole.ends);
    CHECK_EQUAL(table.malformed, 0);
  }
}

TEST("a line that was cut is no line") {
  podprobe::core::MountinfoParser parser;
  parser.feed("1 1 0:1 / / rw - tmpfs tmpfs rw\n2 1 0:1 / / rw - tmpfs tmpfs r");
  const MountTable table = parser.finish(true);
  CHECK_EQUAL(table.size, 1);
  CHECK_EQUAL(table.malformed, 0);
}

TEST("undoes three octal digits of a byte, and leaves any other backslash") {
  CHECK_EQUAL(unescaped("a\\040b\\011\\012\\134\\043"), "a b\t\n\\#");
  CHECK_EQUAL(unescaped("\\377"), "\xff");
  CHECK_EQUAL(unescaped("\\134040"), "\\040");
  for (const std::string_view text : {"\\", "\\0", "\\04", "\\400", "\\777", "\\08", "\\048", "\\x41", "a\\"}) {
    CHECK_EQUAL(unescaped(text), text);
  }
}

TEST("takes fields without escapes as they are") {
  podprobe::core::MountTableMaker maker;
  maker.add({.id = 1, .parent = 2, .major = 3, .minor = 4, .root = "/", .point = "/\\040 ", .options = "rw", .optional = "", .type = "tmpfs", .source = "", .super_options = "rw"});
  const Unpacked table(maker.finish());
  CHECK_EQUAL(table.text(0, point), "/\\040 ");
  CHECK_EQUAL(table.number(0, 3), 4);
  CHECK_EQUAL(table.size(), 1);
}

TEST("keeps what many mounts have in common once") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i) + " 1 0:" + std::to_string(i % 2) + " / /mnt/" + std::to_string(i) + " rw,relatime shared:1 - tmpfs tmpfs rw\n";
  }
  const MountTable packed = parse_mountinfo(text);
  CHECK_EQUAL(packed.kinds.size(), 2 * MountTable::words_of_kind);
  CHECK(packed.ends.size() <= 10);
  CHECK(packed.mounts.size() < 10 * 1000);
  const Unpacked table(packed);
  CHECK_EQUAL(table.size(), 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK_EQUAL(table.number(i, 0), i);
    CHECK_EQUAL(table.number(i, 3), i % 2);
    CHECK_EQUAL(table.text(i, point), "/mnt/" + std::to_string(i));
    CHECK_EQUAL(table.text(i, root), "/");
    CHECK_EQUAL(table.text(i, optional), "shared:1");
    CHECK_EQUAL(table.text(i, super), "rw");
  }
}

TEST("keeps apart what differs in one byte or in where a field ends") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "1 1 0:1 / /mnt rw - tmpfs 12345678" + std::to_string(i + 10000) + "12345678 rw\n";
  text += "1 1 0:1 /a /b rw - tmpfs c d\n1 1 0:11 /a /b rw - tmpfs c d\n1 1 0:1 /a /b rw - tmpf sc d\n1 1 0:1 /a /b rw a:1 - tmpfs c d\n";
  const Unpacked table = one(text);
  CHECK_EQUAL(table.size(), 5004);
  for (std::size_t i = 0; i < 5000; ++i) CHECK_EQUAL(table.text(i, source), "12345678" + std::to_string(i + 10000) + "12345678");
  CHECK_EQUAL(table.number(5001, 3), 11);
  CHECK_EQUAL(table.text(5002, source), "sc");
  CHECK_EQUAL(table.text(5003, optional), "a:1");
}

TEST("keeps numbers and mount points that are far from those before") {
  const std::string longest(300, 'p');
  const Unpacked table = one("4294967295 0 0:1 / /" + longest + " rw - a b c\n0 4294967295 4294967295:7 / / rw - a b c\n"
                             "1 1 0:1 / /" + longest + "\\040x rw - a b c\n2 1 0:1 / /" + longest + " rw - a b c\n");
  CHECK_EQUAL(table.number(0, 0), 4294967295U);
  CHECK_EQUAL(table.number(1, 0), 0);
  CHECK_EQUAL(table.number(1, 1), 4294967295U);
  CHECK_EQUAL(table.number(1, 2), 4294967295U);
  CHECK_EQUAL(table.text(1, point), "/");
  CHECK_EQUAL(table.text(2, point), "/" + longest + " x");
  CHECK_EQUAL(table.text(3, point), "/" + longest);
}
