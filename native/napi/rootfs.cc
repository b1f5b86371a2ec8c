#include "napi/rootfs.h"

#include <sys/sysmacros.h>

#include <array>

#include "napi/async.h"
#include "napi/handle.h"
#include "napi/process.h"
#include "tasks/read_in_root.h"

namespace podprobe::napi {

namespace {

using OpenFile = std::shared_ptr<tasks::OpenFile>;

constexpr napi_type_tag file_tag = {0x1f6c2b7de0954a83, 0x97d84c02ab51e63f};

Napi::Value bytes_of(Napi::Env env, const void* data, std::size_t size) {
  return Napi::Buffer<std::uint8_t>::Copy(env, static_cast<const std::uint8_t*>(data), size);
}

Napi::Value to_value(Napi::Env env, const core::SecretBytes& bytes) { return bytes_of(env, bytes.data(), bytes.size()); }

Napi::Value to_value(Napi::Env env, const std::string& bytes) { return bytes_of(env, bytes.data(), bytes.size()); }

/// Words in the order in which lib/rootfs/status.ts takes them.
using Words = std::array<std::uint64_t, 10>;

Words words_of(const sys::FileStatus& status) {
  const auto number = [](const sys::Device& device) { return makedev(device.major, device.minor); };
  return {status.mode,
          status.uid,
          status.gid,
          status.links,
          status.size,
          status.inode,
          number(status.device),
          number(status.special),
          static_cast<std::uint64_t>(status.modified),
          status.modified_nanoseconds};
}

Napi::Value pack(Napi::Env env, const Words* rows, std::size_t count) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, count * sizeof(Words));
  if (count != 0) std::memcpy(buffer.Data(), rows, count * sizeof(Words));
  return buffer;
}

Napi::Value to_value(Napi::Env env, const sys::FileStatus& status) {
  const Words words = words_of(status);
  return pack(env, &words, 1);
}

/// One ArrayBuffer: `count + 1` offsets (u32), then the block.
Napi::Value pack(Napi::Env env, const tasks::Strings& strings) {
  const std::size_t offsets = strings.offsets.size() * sizeof(std::uint32_t);
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, offsets + strings.block.size());
  auto* const bytes = static_cast<std::uint8_t*>(buffer.Data());
  std::memcpy(bytes, strings.offsets.data(), offsets);
  std::memcpy(bytes + offsets, strings.block.data(), strings.block.size());
  return buffer;
}

/// {names, types, truncated, statuses, links}; a status of zeros where there is none.
Napi::Value to_value(Napi::Env env, const tasks::Listing& listing) {
  std::vector<Words> statuses(listing.statuses.size());
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (listing.statuses[i]) statuses[i] = words_of(*listing.statuses[i]);
  }
  Napi::Object value = Napi::Object::New(env);
  value.Set("names", pack(env, listing.names));
  value.Set("types", bytes_of(env, listing.types.data(), listing.types.size()));
  value.Set("truncated", listing.truncated);
  value.Set("statuses", pack(env, statuses.data(), statuses.size()));
  value.Set("links", pack(env, listing.links));
  return value;
}

Napi::Value to_value(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }

Napi::Value to_value(Napi::Env env, const OpenFile& file) { return to_handle(env, file, file_tag); }

std::chrono::milliseconds milliseconds(Napi::Value value) {
  return std::chrono::milliseconds(value.As<Napi::Number>().Int64Value());
}

template <class Result>
Napi::Value run_one(const Napi::CallbackInfo& info, std::chrono::milliseconds timeout, std::function<Result(const tasks::Allowance&)> work) {
  return run_batch<Result>(
      info.Env(), info[0].As<Napi::Number>().Uint32Value(), 1, timeout,
      [work = std::move(work)](std::size_t, const tasks::Allowance& allowance) { return work(allowance); },
      [](Napi::Env env, Result& result) { return to_value(env, result); });
}

/// The call of a transaction on a path.
template <class Result>
Napi::Value run_in_root(const Napi::CallbackInfo& info, Result (*transaction)(const sys::Process&, const tasks::RootRequest&)) {
  const auto options = info[2].As<Napi::Object>();
  const auto path = options.Get("path").As<Napi::Uint8Array>();
  tasks::RootRequest request;
  request.path.assign(reinterpret_cast<const char*>(path.Data()), path.ByteLength());
  request.follow = options.Get("follow").As<Napi::Boolean>();
  request.details = options.Get("details").As<Napi::Boolean>();
  request.most = static_cast<std::uint64_t>(options.Get("most").As<Napi::Number>().Int64Value());
  return run_one<Result>(info, milliseconds(options.Get("timeout")),
                         [target = target_of(info[1]), request, transaction](const tasks::Allowance& allowance) {
                           tasks::RootRequest own = request;
                           own.allowance = allowance;
                           return with_process(target, [&](tasks::HeldProcess& held) { return transaction(held.process(), own); });
                         });
}

}  // namespace

Napi::Value read_file_in(const Napi::CallbackInfo& info) { return run_in_root(info, tasks::read_file_in_root); }

Napi::Value readdir_in(const Napi::CallbackInfo& info) { return run_in_root(info, tasks::list_in_root); }

Napi::Value stat_in(const Napi::CallbackInfo& info) { return run_in_root(info, tasks::stat_in_root); }

Napi::Value readlink_in(const Napi::CallbackInfo& info) { return run_in_root(info, tasks::read_link_in_root); }

Napi::Value open_in(const Napi::CallbackInfo& info) { return run_in_root(info, tasks::open_file_in_root); }

Napi::Value read_file(const Napi::CallbackInfo& info) {
  const auto offset = static_cast<std::uint64_t>(info[3].As<Napi::Number>().Int64Value());
  const std::size_t length = info[4].As<Napi::Number>().Uint32Value();
  return run_one<core::SecretBytes>(
      info, milliseconds(info[2]), [file = *from_handle<tasks::OpenFile>(info[1], file_tag), offset, length](const tasks::Allowance&) {
        return tasks::read_open_file(*file, offset, length);
      });
}

Napi::Value stat_file(const Napi::CallbackInfo& info) {
  return run_one<sys::FileStatus>(info, milliseconds(info[2]),
                                  [file = *from_handle<tasks::OpenFile>(info[1], file_tag)](const tasks::Allowance&) {
                                    return file->file->status(file->path);
                                  });
}

Napi::Value close_file(const Napi::CallbackInfo& info) {
  const auto last = std::make_shared<OpenFile>(std::move(*from_handle<tasks::OpenFile>(info[1], file_tag)));
  return run_one<bool>(info, milliseconds(info[2]), [last](const tasks::Allowance&) {
    last->reset();
    return true;
  });
}

}  // namespace podprobe::napi
