#include "crdt/sample.h"

#include <set>

#include "base/check.h"

namespace causeway {

// Floyd's algorithm: Bentley and Floyd, "A sample of brilliance" (1987).
std::vector<std::uint64_t> draw_ranks(Random& random, std::uint64_t size, std::uint64_t count) {
  CW_CHECK(count <= size, "there are so many");
  std::set<std::uint64_t> ranks;
  for (std::uint64_t last = size - count; last < size; ++last) {
    if (!ranks.insert(random.below(last + 1)).second) ranks.insert(last);
  }
  return {ranks.begin(), ranks.end()};
}

}  // namespace causeway
