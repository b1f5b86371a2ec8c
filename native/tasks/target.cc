#include "tasks/target.h"

namespace podprobe::tasks {

core::Memory* Target::executable() {
  if (!executable_tried_) {
    executable_tried_ = true;
    try {
      std::string obstacle;
      auto file = open_without_waiting(process_, sys::hold_executable(process_), obstacle);
      if (file) executable_.emplace(std::move(*file));
    } catch (const sys::Error&) {
      // the search says what it cannot know without the file
    }
  }
  return executable_ ? &*executable_ : nullptr;
}

}  // namespace podprobe::tasks
