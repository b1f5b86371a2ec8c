#include "sys/namespace.h"

#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podprobe::sys {

std::uint32_t Namespace::number() const {
  struct stat status {};
  if (fstat(file_.get(), &status) != 0) throw Error(errno, "fstat");
  return static_cast<std::uint32_t>(status.st_ino);
}

std::optional<Namespace> Namespace::parent() const {
  const int number = ioctl(file_.get(), NS_GET_PARENT);
  if (number >= 0) return Namespace(Fd(number));
  if (errno == EPERM) return std::nullopt;
  throw Error(errno, "ioctl", {}, "NS_GET_PARENT");
}

std::uint32_t Namespace::owner() const {
  uid_t owner = 0;
  if (ioctl(file_.get(), NS_GET_OWNER_UID, &owner) != 0) throw Error(errno, "ioctl", {}, "NS_GET_OWNER_UID");
  return owner;
}

}  // namespace podprobe::sys
