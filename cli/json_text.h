// JSON as the program prints it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "causeway/value.h"

namespace causeway::cli {

using Json = nlohmann::ordered_json;

/// Indented. Bytes that are no UTF-8 become the replacement character.
std::string json_text(const Json& json);
/// Of a reply: strings that are no UTF-8 become {"base64": …}, so that nothing is lost.
Json json_of(const Value& value);
/// Of bytes, in the same way.
Json json_of_bytes(BytesView bytes);

}  // namespace causeway::cli
