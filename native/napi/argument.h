#pragma once

#include <napi.h>

#include <cstdint>

namespace podprobe::napi {

inline std::uint32_t number_of(const Napi::Value& value) { return value.As<Napi::Number>().Uint32Value(); }

}  // namespace podprobe::napi
