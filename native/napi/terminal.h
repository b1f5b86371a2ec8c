#pragma once

#include <napi.h>

namespace podprobe::napi {

/// makeTerminalRaw(descriptor): the modes from before.
Napi::Value make_terminal_raw(const Napi::CallbackInfo& info);

/// setTerminalModes(descriptor, modes)
Napi::Value set_terminal_modes(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
