// The text of the word count: its lines, its words, and a plain count of them to compare with.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace causeway::word_count {

/// All lines of the files, in order. Errors: invalid, naming the file that cannot be read.
Result<std::vector<std::string>> read_lines(const std::vector<std::string>& files);

/// The words of a line: maximal runs of ASCII letters, lower-cased.
std::vector<std::string> words_of(std::string_view line);

/// How often each word stands in the lines.
std::map<std::string, std::int64_t> count(const std::vector<std::string>& lines);

}  // namespace causeway::word_count
