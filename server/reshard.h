// Before a node starts: the data folder, laid out for as many shards as the topology gives it.
#pragma once

#include <functional>
#include <string>

#include "ring/configuration.h"
#include "server/exit.h"
#include "storage/data_folder.h"

namespace causeway {

/// Opens or makes the folder of a node. If it was laid out for another number of shards its data moves, once, which takes
/// the time to read and write all of it, and as much space again meanwhile. `say` is told so.
/// Errors: cannot_start; then the folder is as it was.
OrExit<DataFolder> open_data(const std::string& path, const Configuration& configuration, const Node& node,
                             const std::function<void(const std::string&)>& say);

}  // namespace causeway
