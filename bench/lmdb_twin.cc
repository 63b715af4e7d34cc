// causeway-lmdb FOLDER: what bare LMDB makes of the keys of causeway-load, in the same order, in transactions of a given size,
// each synced. Prints seconds and bytes in JSON. --inspect FOLDER only looks at what is there: how many transactions a state
// was written in.
#include <lmdb.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/recorder.h"
#include "bench/workload.h"

namespace {

using namespace causeway;
using namespace causeway::bench;
using nlohmann::json;

void need(int code, const char* what) {
  if (code == 0) return;
  std::fprintf(stderr, "causeway-lmdb: cannot %s: %s\n", what, mdb_strerror(code));
  std::exit(2);
}

json inspect(MDB_env* environment, const std::string& folder) {
  MDB_stat stat{};
  need(mdb_env_stat(environment, &stat), "count");
  MDB_envinfo info{};
  need(mdb_env_info(environment, &info), "look");
  struct stat file{};
  need(::stat((folder + "/data.mdb").c_str(), &file), "find the file");
  return {{"entries", stat.ms_entries},
          {"transactions", info.me_last_txnid},
          {"file_bytes", static_cast<std::uint64_t>(file.st_blocks) * 512}};
}

MDB_val val(BytesView bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::string order = "uniform";
  std::uint64_t operations = 0;
  std::uint64_t transaction_size = 100'000;
  bool sorted = false;
  bool only_inspect = false;
  WorkloadOptions options;
  CLI::App app("Writes the keys of causeway-load into bare LMDB.");
  app.add_option("folder", folder, "an empty folder")->required();
  app.add_option("-r,--keys", options.keys, "how many keys");
  app.add_option("-n,--operations", operations, "how many writes (as many as keys)");
  app.add_option("-d,--value-bytes", options.value_bytes, "bytes of a value");
  app.add_option("--order", order, "uniform, sequential or shuffled")
      ->check(CLI::IsMember({"uniform", "sequential", "shuffled"}));
  app.add_option("--transaction", transaction_size, "writes a transaction")->check(CLI::PositiveNumber);
  app.add_flag("--sorted", sorted, "each transaction in the order of keys, as a checkpoint does");
  app.add_flag("--inspect", only_inspect, "write nothing: only say what the folder holds");
  app.add_option("--seed", options.seed, "of the keys' order");
  CLI11_PARSE(app, argc, argv);
  options.order = *order_of(order);
  if (operations == 0) operations = options.keys;

  MDB_env* environment = nullptr;
  need(mdb_env_create(&environment), "make an environment");
  need(mdb_env_set_mapsize(environment, std::size_t{64} << 30U), "set the map's size");
  need(mdb_env_open(environment, folder.c_str(), MDB_NOTLS | (only_inspect ? MDB_RDONLY : 0U), 0640),
       "open the folder");
  if (only_inspect) {
    std::printf("%s\n", inspect(environment, folder).dump(1).c_str());
    return 0;
  }
  Form form = form_of(Operation::set, options);
  Workload workload(options);
  const std::uint64_t begin = now_ns();
  Histogram commits;
  for (std::uint64_t done = 0; done < operations;) {
    std::vector<std::uint64_t> keys;
    for (; keys.size() < transaction_size && done < operations; ++done) keys.push_back(workload.next_key());
    if (sorted) std::sort(keys.begin(), keys.end());
    MDB_txn* transaction = nullptr;
    MDB_dbi database = 0;
    need(mdb_txn_begin(environment, nullptr, 0, &transaction), "begin");
    need(mdb_dbi_open(transaction, nullptr, 0, &database), "open the database");
    for (const std::uint64_t key : keys) {
      write_digits(form.arguments[1].data() + form.offset, key);
      MDB_val name = val(form.arguments[1]);
      MDB_val value = val(form.arguments[2]);
      need(mdb_put(transaction, database, &name, &value, 0), "put");
    }
    const std::uint64_t committing = now_ns();
    need(mdb_txn_commit(transaction), "commit");
    commits.add(now_ns() - committing);
  }
  const double elapsed = static_cast<double>(now_ns() - begin) / 1e9;
  json seen = inspect(environment, folder);
  seen["writes"] = operations;
  seen["seconds"] = elapsed;
  seen["longest_commit_ms"] = static_cast<double>(commits.max()) / 1e6;
  std::printf("%s\n", seen.dump(1).c_str());
  mdb_env_close(environment);
  return 0;
}
