#pragma once

#include <termios.h>

#include "sys/fd.h"

namespace podprobe::sys {

/// How a terminal treats what goes through it.
using TerminalModes = termios;

/// Passes all bytes on as they are, both ways; gives the modes from before. `terminal` stays its owner's.
///
/// Errors: ENOTTY.
/// Source: termios(3), cfmakeraw.
TerminalModes make_terminal_raw(int terminal);

/// Errors: ENOTTY, EIO it was hung up.
void set_terminal_modes(int terminal, const TerminalModes& modes);

}  // namespace podprobe::sys
