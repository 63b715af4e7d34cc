// Flags of both kinds.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;

struct Names {
  EntryType type;
  const char* key;
  const char* enable;
  const char* disable;
  const char* get;
};
constexpr Names enable_wins{EntryType::flag, "flag", "FLAG.ENABLE", "FLAG.DISABLE", "FLAG.GET"};
constexpr Names disable_wins{EntryType::disable_flag, "consent", "DWFLAG.ENABLE", "DWFLAG.DISABLE",
                             "DWFLAG.GET"};

const Names& one(const Pen& pen) { return pen.one_in(2) ? enable_wins : disable_wins; }

Draft change(const Pen& pen, const Names& names, bool enable) {
  return draft({enable ? names.enable : names.disable, pen.key(names.key)},
               {Kind::write, value_at(names.type), {enable ? "1" : "0"}});
}

Draft update(const Pen& pen) {
  const Names& names = one(pen);
  return change(pen, names, pen.one_in(2));
}

Draft removal(const Pen& pen) {
  const Names& names = one(pen);
  return pen.one_in(2) ? delete_key(pen.key(names.key)) : change(pen, names, false);
}

Draft read_one(const Pen& pen) {
  const Names& names = one(pen);
  return read(names.get, pen.key(names.key), Kind::read_flag, names.type);
}

}  // namespace

const Family flag_family{"flag", update, removal, read_one};

}  // namespace causeway::testing
