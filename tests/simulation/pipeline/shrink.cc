#include "simulation/pipeline/shrink.h"

#include <algorithm>

namespace bellwether::simulation {

Script shrink(Script script, const std::function<bool(const Script&)>& fails, int attempts_max) {
  for (size_t length = std::max<size_t>(1, script.steps.size() / 2);;
       length = std::max<size_t>(1, length / 2)) {
    bool removed = false;
    for (size_t from = 0; from < script.steps.size() && attempts_max > 0;) {
      Script shorter = script;
      auto const begin = shorter.steps.begin() + static_cast<ptrdiff_t>(from);
      auto const end =
          begin + static_cast<ptrdiff_t>(std::min(length, shorter.steps.size() - from));
      shorter.steps.erase(begin, end);
      --attempts_max;
      if (fails(shorter)) {
        script = std::move(shorter);
        removed = true;
      } else {
        from += length;
      }
    }
    if (attempts_max == 0 || (length == 1 && !removed)) return script;
  }
}

}  // namespace bellwether::simulation
