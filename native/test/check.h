#pragma once

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Tests of one unit in one executable: `TEST("the fact asserted") { CHECK_EQUAL(found, expected); }`.
///
/// Every test runs, whatever the one before it did; a failed check ends its own test. Ends with `N passed`, exit code 1
/// when one failed or when there was none.
namespace podprobe::test {

struct Test {
  const char* fact;
  void (*run)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Registration {
  Registration(const char* fact, void (*run)()) { tests().push_back({fact, run}); }
};

struct Failure {
  std::string text;
};

/// Not std::source_location, which clang 14 has not.
struct Place {
  const char* file;
  int line;
};

template <class T>
constexpr bool is_number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

template <class T>
std::string show(const T& value) {
  std::ostringstream out;
  if constexpr (std::same_as<T, bool>) {
    out << (value ? "true" : "false");
  } else if constexpr (std::same_as<T, char>) {
    out << '\'' << value << '\'';
  } else if constexpr (std::integral<T>) {
    out << +value;
    if (!std::in_range<std::uint16_t>(value)) out << " (0x" << std::hex << +value << ')';
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    out << '"' << std::string_view(value) << '"';
  } else if constexpr (requires { value.has_value(); *value; }) {
    out << (value.has_value() ? show(*value) : std::string("nothing"));
  } else if constexpr (requires { value.begin(); value.size(); }) {
    out << '[';
    for (const auto& one : value) out << ' ' << show(one);
    out << " ]";
  } else if constexpr (std::is_enum_v<T>) {
    out << "enumerator " << +static_cast<std::underlying_type_t<T>>(value);
  } else {
    out << "(a value)";
  }
  return out.str();
}

[[noreturn]] inline void fail(std::string_view what, const Place& where) {
  throw Failure{std::string(where.file) + ':' + std::to_string(where.line) + ": " + std::string(what)};
}

inline void check(bool holds, const char* expression, const Place& where) {
  if (!holds) fail(std::string(expression) + " does not hold", where);
}

template <class Found, class Expected>
void check_equal(const Found& found, const Expected& expected, const char* expression, const Place& where) {
  bool equal = false;
  if constexpr (is_number<Found> && is_number<Expected>) {
    equal = std::cmp_equal(found, expected);
  } else {
    equal = found == expected;
  }
  if (!equal) fail(std::string(expression) + " is " + show(found) + ", expected " + show(expected), where);
}

inline int run_all() {
  std::size_t passed = 0;
  for (const Test& test : tests()) {
    std::string why;
    try {
      test.run();
    } catch (const Failure& failure) {
      why = failure.text;
    } catch (const std::exception& error) {
      why = std::string("threw ") + error.what();
    }
    if (why.empty()) {
      ++passed;
    } else {
      std::printf("FAILED: %s\n  %s\n", test.fact, why.c_str());
    }
  }
  std::printf("%zu passed, %zu failed\n", passed, tests().size() - passed);
  return passed == tests().size() && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace podprobe::test

#define PODPROBE_JOIN_(a, b) a##b
#define PODPROBE_JOIN(a, b) PODPROBE_JOIN_(a, b)
#define PODPROBE_TEST(name, fact)                                             \
  static void name();                                                         \
  static const podprobe::test::Registration PODPROBE_JOIN(name, _registered)( \
      fact, name);                                                            \
  static void name()
#define TEST(fact) PODPROBE_TEST(PODPROBE_JOIN(test_, __COUNTER__), fact)
#define CHECK(expression) podprobe::test::check(static_cast<bool>(expression), #expression, {__FILE__, __LINE__})
#define CHECK_EQUAL(found, expected) \
  podprobe::test::check_equal((found), (expected), #found, {__FILE__, __LINE__})

int main() { return podprobe::test::run_all(); }
