// Replies as redis-cli prints them: typed and quoted on a terminal, raw in a pipe.
#pragma once

#include <ostream>
#include <string>

#include "causeway/value.h"

namespace causeway::cli {

/// `(integer) 3`, `"text"`, `1) "a"`, `(nil)`, `(empty array)`.
void print_for_reader(const Value& value, std::ostream& out);
/// `3`, `text`, one line for each item, `(nil)`.
void print_raw(const Value& value, std::ostream& out);

/// In double quotes, with \n, \t, \r, \", \\ and \xHH for what cannot be printed.
std::string quoted(BytesView bytes);

}  // namespace causeway::cli
