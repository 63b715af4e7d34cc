// The data commands: those of the table, with the names, arguments and replies of their Redis namesakes.
#pragma once

#include <string>
#include <vector>

#include "causeway/client.h"
#include "cli/globals.h"

namespace causeway::cli {

/// Whether the table has it, in any case.
bool is_data_command(const std::string& name);
/// Executes one command, name first, and prints the reply. A missing value is `(nil)` and exit status 1.
int run_data_command(const Client& client, const std::vector<Bytes>& arguments, Output& output);
/// What is wrong with the call before anything is sent. Errors: invalid, too_large.
Result<void> check_data_command(const std::vector<Bytes>& arguments);

/// "incrby KEY INCREMENT: …" of one command, or all of them, by type.
std::string help_of(const std::string& name);
std::string help_of_all();

}  // namespace causeway::cli
