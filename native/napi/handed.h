#pragma once

#include <napi.h>

#include <vector>

#include "sys/file_status.h"

namespace podprobe::napi {

/// Descriptors that were given to JavaScript as numbers, for it to make streams of.
///
/// A Worker can be ended between the two. So whoever has made its streams says keep(); what was not kept is closed with this
/// object, unless the event loop has it, or had it and closed it: then the number may be somebody else's.
class HandedDescriptors {
 public:
  explicit HandedDescriptors(Napi::Env env) : env_(env) {}
  ~HandedDescriptors();
  HandedDescriptors(const HandedDescriptors&) = delete;
  HandedDescriptors& operator=(const HandedDescriptors&) = delete;

  /// The number; -1 for no descriptor.
  int hand(sys::Fd descriptor);
  /// All are JavaScript's from now on.
  void keep() { handed_.clear(); }

 private:
  struct Handed {
    int number;
    sys::FileStatus file;  ///< a pipe or socket, of which this process has one descriptor by this number
  };

  Napi::Env env_;
  std::vector<Handed> handed_;
};

}  // namespace podprobe::napi
