// The table of data commands, for programs that offer all of them: commands() and find_command().
#pragma once

#include "crdt/command.h"
