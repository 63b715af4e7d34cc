// Compares what each region reads with a plain count of the text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "causeway/client.h"

namespace causeway::word_count {

/// Everything that differs between `expected` and what this client reads, in words; empty: all counts and the set are equal.
/// Errors of the store are differences, too.
std::vector<std::string> differences(const Client& client, const std::map<std::string, std::int64_t>& expected);

}  // namespace causeway::word_count
