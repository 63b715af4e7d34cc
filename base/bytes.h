// Byte strings. Keys, members, values and encoded records are byte strings: any byte may stand in them.
#pragma once

#include <string>
#include <string_view>

namespace causeway {

using Bytes = std::string;
using BytesView = std::string_view;

}  // namespace causeway
