#include "sys/terminal.h"

namespace podprobe::sys {

TerminalModes make_terminal_raw(int terminal) {
  TerminalModes before{};
  if (tcgetattr(terminal, &before) != 0) throw Error(errno, "tcgetattr");
  TerminalModes raw = before;
  cfmakeraw(&raw);
  set_terminal_modes(terminal, raw);
  return before;
}

void set_terminal_modes(int terminal, const TerminalModes& modes) {
  if (retry_eintr([&] { return tcsetattr(terminal, TCSANOW, &modes); }) != 0) throw Error(errno, "tcsetattr");
}

}  // namespace podprobe::sys
