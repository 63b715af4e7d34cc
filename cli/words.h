// The words of a command line, apart: data commands take theirs as they are, also such as begin with a dash.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace causeway::cli {

struct Words {
  std::vector<std::string> options;  ///< for the parser of options: all words, if there is no data command
  std::vector<std::string> data_command;  ///< its name first; empty: none
};

/// The first word that is neither an option nor its value is the command. After a data command the options of the program
/// (--at, --topology, --dc, --level, --timeout, --json) are still options, until "--"; every other word is an argument.
Words split_words(const std::vector<std::string>& arguments);

/// A line of the shell: words between spaces, 'as is' and "with \n, \t, \r, \", \\ and \xHH". Errors: invalid.
Result<std::vector<Bytes>> split_line(BytesView line);

}  // namespace causeway::cli
