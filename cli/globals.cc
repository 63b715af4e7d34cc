#include "cli/globals.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/json_text.h"

namespace causeway::cli {

int exit_status_of(const Error& error) {
  if (error.tag == ErrorTag::ambiguous) return ExitStatus::unknown;
  switch (error.code) {
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::overloaded:
    case ErrorCode::not_yet:
    case ErrorCode::storage_full: return ExitStatus::unavailable;
    default: return ExitStatus::refused;
  }
}

int report(const Error& error, Output& output) {
  output.error << "(error) " << to_string(error)
               << (error.tag == ErrorTag::ambiguous ? " (unknown outcome)" : "") << '\n';
  if (output.json) {
    output.out << json_text({{"error",
                              {{"code", name_of(error.code)},
                               {"tag", name_of(error.tag)},
                               {"sentence", error.sentence},
                               {"needed", error.needed},
                               {"got", error.got}}}})
               << '\n';
  }
  return exit_status_of(error);
}

int report_call(const Error& error, Output& output) {
  const int status = report(error, output);
  return error.code == ErrorCode::invalid || error.code == ErrorCode::too_large ? ExitStatus::usage : status;
}

int report_usage(const std::string& sentence, Output& output) {
  output.error << "causeway: " << sentence << '\n';
  return ExitStatus::usage;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::invalid, "cannot read " + path + ": " + std::strerror(errno));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace causeway::cli
