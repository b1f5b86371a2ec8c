#include "core/generation.h"

#include "test/check.h"

using podprobe::core::compare_generations;
using podprobe::core::is_generation_name;
using podprobe::core::KeyChange;
using podprobe::core::KeyDigest;

namespace {

using Keys = std::vector<KeyDigest>;

}  // namespace

TEST("a generation is a name beside the link") {
  CHECK(is_generation_name("..2026_11_24_00_00_00.123"));
  CHECK(is_generation_name("anything"));
  for (const char* other : {"", ".", "..", "..data", "/etc", "a/b", "../a", "a/"}) CHECK(!is_generation_name(other));
}

TEST("says what has become of each key") {
  const Keys before{{"a", 1, 10}, {"b", 1, 20}, {"c", 1, 30}, {"e", 2, 50}};
  const Keys after{{"b", 1, 20}, {"c", 1, 31}, {"d", 1, 40}, {"e", 3, 50}};
  const auto changes = compare_generations(before, after);
  CHECK(changes.keys == (std::vector<KeyChange>{KeyChange::none, KeyChange::changed, KeyChange::added, KeyChange::changed}));
  CHECK(changes.removed == std::vector<std::string>{"a"});
  CHECK(changes.any());
}

TEST("the same keys with the same bytes are no change") {
  const Keys keys{{"a", 1, 10}, {"b", 0, 20}};
  CHECK(!compare_generations(keys, keys).any());
  CHECK(!compare_generations({}, {}).any());
}

TEST("behind nothing all is added, before nothing all is removed") {
  const Keys keys{{"a", 1, 10}, {"b", 1, 20}};
  CHECK(compare_generations({}, keys).keys == (std::vector<KeyChange>{KeyChange::added, KeyChange::added}));
  CHECK(compare_generations(keys, {}).removed == (std::vector<std::string>{"a", "b"}));
}
