// An operation in words, for verdicts.
#pragma once

#include <string>

#include "tests/sim/history.h"

namespace causeway::testing {

inline std::string told(const Done& done) {
  std::string text = "client " + std::to_string(done.client) + " at " +
                     std::to_string(done.began.time_since_epoch().count() / 1000) + " ms:";
  for (const Bytes& argument : done.draft.arguments) text += " " + argument.substr(0, 24);
  return text + " @" + causeway::to_string(done.draft.level);
}

}  // namespace causeway::testing
