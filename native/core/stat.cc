#include "core/stat.h"

#include "core/text.h"

namespace podprobe::core {

namespace {

std::optional<int> parse_pid(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number > 0x7fff'ffff) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

std::optional<Stat> parse_stat(std::string_view line) {
  const std::size_t open = line.find('(');
  const std::size_t close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open || open < 2) return std::nullopt;

  Stat stat;
  const auto pid = parse_pid(line.substr(0, open - 1));
  if (!pid) return std::nullopt;
  stat.pid = *pid;
  stat.comm = line.substr(open + 1, close - open - 1);

  std::string_view rest = line.substr(close + 1);
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\0')) rest.remove_suffix(1);
  if (rest.size() < 2 || rest.front() != ' ') return std::nullopt;
  rest.remove_prefix(1);

  for (int field = 3; field <= 51; ++field) {
    if (rest.empty()) return std::nullopt;
    const std::string_view text = take_until(rest, ' ');
    if (field == 3) {
      if (text.size() != 1) return std::nullopt;
      stat.state = text.front();
      continue;
    }
    if (field == 4) {
      const auto parent = parse_pid(text);
      if (!parent) return std::nullopt;
      stat.parent = *parent;
      continue;
    }
    std::uint64_t* const target = field == 9    ? &stat.flags
                                  : field == 22 ? &stat.start_time
                                  : field == 28 ? &stat.start_stack
                                  : field == 48 ? &stat.arg_start
                                  : field == 49 ? &stat.arg_end
                                  : field == 50 ? &stat.env_start
                                  : field == 51 ? &stat.env_end
                                                : nullptr;
    if (!target) continue;
    const auto value = parse_number(text);
    if (!value) return std::nullopt;
    *target = *value;
  }
  return stat;
}

}  // namespace podprobe::core
