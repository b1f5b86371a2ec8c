#include "core/mount_table.h"

#include "test/check.h"

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

std::string unescaped(std::string_view text) {
  std::string out(text);
  out.resize(unescape(out.data(), out.size()));
  return out;
}

MountTable one(std::string_view line) { return parse_mountinfo(line); }

}  // namespace

TEST("reads every field of a line") {
  const MountTable table = parse_mountinfo(mounts);
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
  const MountTable table = parse_mountinfo(mounts);
  CHECK_EQUAL(table.text(1, type), "tmpfs");
  CHECK_EQUAL(table.text(1, source), "");
  CHECK_EQUAL(table.text(1, super), "rw");
}

TEST("keeps all optional fields, and none") {
  const MountTable table = parse_mountinfo(mounts);
  CHECK_EQUAL(table.text(1, optional), "");
  CHECK_EQUAL(table.text(2, optional), "master:1 propagate_from:2 unbindable");
}

TEST("undoes the escapes of root, mount point and source") {
  const MountTable table = parse_mountinfo(mounts);
  CHECK_EQUAL(table.text(2, point), "/mnt/x/a - b");
  CHECK_EQUAL(table.text(2, source), "x y#z");
  CHECK_EQUAL(table.text(3, point), "/mnt/x/tab\tnewline\nbackslash\\");
}

TEST("leaves the escapes of options, where they keep separators apart") {
  const MountTable table = one("1 1 0:1 / / rw - overlay overlay rw,lowerdir=/a\\054b:/c\\040d\n");
  CHECK_EQUAL(table.text(0, super), "rw,lowerdir=/a\\054b:/c\\040d");
}

TEST("keeps what was unlinked") {
  CHECK_EQUAL(parse_mountinfo(mounts).text(4, root), "/..2026_11_23_06_45_21.1923261846/caz//deleted");
}

TEST("keeps a source that begins with #, and a root that is no path") {
  const MountTable table = one("1 1 0:4 net:[4026531840] /run/netns/a rw - nsfs \\043x rw\n");
  CHECK_EQUAL(table.text(0, root), "net:[4026531840]");
  CHECK_EQUAL(table.text(0, source), "#x");
}

TEST("keeps bytes that are no text") {
  CHECK_EQUAL(one("1 1 0:1 / /\xff\xfe\x01 rw - tmpfs \x80 rw\n").text(0, point), "/\xff\xfe\x01");
}

TEST("reads a subtype and a dash in every place that may hold one") {
  const MountTable table = one("1 1 0:1 /- /- rw - fuse.a-b - rw,- -\n");
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
    const MountTable table = parse_mountinfo(std::string(line) + "\n" + std::string(mounts));
    CHECK_EQUAL(table.malformed, 1);
    CHECK_EQUAL(table.size(), 5);
  }
}

TEST("an empty file is an empty table") {
  CHECK_EQUAL(parse_mountinfo("").size(), 0);
  CHECK_EQUAL(parse_mountinfo("").malformed, 0);
}

TEST("takes the file in parts, wherever they end") {
  const MountTable whole = parse_mountinfo(mounts);
  for (std::size_t size = 1; size < 90; ++size) {
    podprobe::core::MountinfoParser parser;
    for (std::size_t at = 0; at < mounts.size(); at += size) parser.feed(mounts.substr(at, size));
    const MountTable table = parser.finish();
    CHECK(table.block == whole.block && table.words == whole.words);
    CHECK_EQUAL(table.malformed, 0);
  }
}

TEST("a line that was cut is no line") {
  podprobe::core::MountinfoParser parser;
  parser.feed("1 1 0:1 / / rw - tmpfs tmpfs rw\n2 1 0:1 / / rw - tmpfs tmpfs r");
  const MountTable table = parser.finish(true);
  CHECK_EQUAL(table.size(), 1);
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
  MountTable table;
  table.add({.id = 1, .parent = 2, .major = 3, .minor = 4, .root = "/", .point = "/\\040 ", .options = "rw", .optional = "", .type = "tmpfs", .source = "", .super_options = "rw"});
  CHECK_EQUAL(table.text(0, point), "/\\040 ");
  CHECK_EQUAL(table.size(), 1);
}
