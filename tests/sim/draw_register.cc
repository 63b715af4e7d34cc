// Registers with siblings.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::reg;

Draft update(const Pen& pen) {
  const Bytes value = pen.unique();
  Meaning meaning{Kind::write, value_at(type), {value}};
  meaning.own = true;
  return draft({"REG.SET", pen.key("register"), value}, std::move(meaning));
}

Draft removal(const Pen& pen) { return delete_key(pen.key("register")); }

Draft read_one(const Pen& pen) {
  return pen.one_in(3) ? read("SIBLINGS", pen.key("register"), Kind::other, type)
                       : read("REG.GET", pen.key("register"), Kind::read_value, type);
}

}  // namespace

const Family register_family{"register", update, removal, read_one};

}  // namespace causeway::testing
