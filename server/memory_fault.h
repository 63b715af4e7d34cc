// The state's file is mapped into memory: where a page of it is damaged, or the file was cut short, the system ends the
// process at the next access, without a word. This adds the word.
#pragma once

#include <string>

namespace causeway {

/// From now on a fault says on stderr what may be wrong with `folder`, before the process ends by it.
void explain_memory_faults(const std::string& folder);

}  // namespace causeway
