// Patterns as those of KEYS and MATCH in Redis: * any bytes, ? one byte, [ab] [a-z] [^a] one of these or none of them, and
// \x the byte x itself.
#pragma once

#include "base/bytes.h"

namespace causeway {

/// In time linear in each of them, at most their product.
bool matches_glob(BytesView pattern, BytesView text);

}  // namespace causeway
