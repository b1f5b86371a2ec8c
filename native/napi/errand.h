#pragma once

#include <napi.h>

namespace podprobe::napi {

/// (path of the program): what waits for file systems in our place (sys/errand).
Napi::Value use_errand(const Napi::CallbackInfo& info);

}  // namespace podprobe::napi
