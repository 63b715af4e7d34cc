#include "crdt/path.h"

namespace causeway {

BytesView name_of(EntryType type) {
  switch (type) {
    case EntryType::marker: return "marker";
    case EntryType::reg: return "register";
    case EntryType::string: return "string";
    case EntryType::counter: return "counter";
    case EntryType::set: return "set";
  }
  return "unknown";
}

Bytes make_path(EntryType type, Part part, BytesView subkey) {
  Bytes path;
  path.reserve(2 + subkey.size());
  path.push_back(static_cast<char>(type));
  path.push_back(static_cast<char>(part));
  return path.append(subkey);
}

}  // namespace causeway
