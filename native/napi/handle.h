#pragma once

#include <napi.h>

#include <memory>

namespace podprobe::napi {

/// What JavaScript holds of something native: collected with it, tagged so that no other kind passes for it.
template <class Thing>
Napi::Value to_handle(Napi::Env env, std::shared_ptr<Thing> thing, const napi_type_tag& tag) {
  using Owner = std::shared_ptr<Thing>;
  auto owner = std::make_unique<Owner>(std::move(thing));
  auto handle = Napi::External<Owner>::New(env, owner.get(), [](Napi::Env, Owner* owned) { delete owned; });
  owner.release();
  handle.TypeTag(&tag);
  return handle;
}

/// What is behind a handle; nullptr once it was reset.
template <class Thing>
std::shared_ptr<Thing>* from_handle(Napi::Value value, const napi_type_tag& tag) {
  const auto handle = value.As<Napi::External<std::shared_ptr<Thing>>>();
  if (!value.IsExternal() || !handle.CheckTypeTag(&tag)) throw Napi::TypeError::New(value.Env(), "a handle of another kind");
  return handle.Data();
}

}  // namespace podprobe::napi
