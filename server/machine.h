// What a node is told of the machine that it runs on: clocks, chance, the run of the kernel.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"

namespace causeway {

Now read_clocks();

/// From the system's generator; never 0.
std::uint64_t random_number();

/// Names the kernel's run: another after every boot. If it cannot be read, a name that no run has, so that the last
/// run counts as one of another boot.
Bytes read_boot_id();

/// Lets the process have as many descriptors as the system permits: each connection takes one.
void raise_descriptor_limit();

}  // namespace causeway
