#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace causeway {

void check_failed(const char* file, int line, const char* expression, const char* why) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed. %s\n", file, line, expression, why);
  std::abort();
}

}  // namespace causeway
