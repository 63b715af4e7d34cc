#include "cli/data_folder.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "cli/globals.h"
#include "cli/json_text.h"

namespace causeway::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* mark_name = "causeway-up.json";

std::string random_cluster_id() {
  std::random_device device;
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", device(), device());
  return text;
}

tl::unexpected<Error> cannot(const std::string& what, const std::error_code& why) {
  return fail(ErrorCode::unavailable, "cannot " + what + ": " + why.message());
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path, const std::string& cluster, bool fresh) {
  DataFolder folder;
  folder.path_ = fs::weakly_canonical(fs::absolute(path));
  folder.cluster_ = cluster;
  std::error_code error;
  const bool exists = fs::exists(folder.path_, error) && !fs::is_empty(folder.path_, error);
  const auto mark = read_file(folder.path_ + "/" + mark_name);
  if (exists && !mark) {
    return fail(ErrorCode::invalid,
                folder.path_ + " holds something that `up` did not make: choose another --data");
  }
  if (mark) {
    const Json json = Json::parse(*mark, nullptr, false);
    const bool legible = json.is_object() && json.contains("cluster");
    if (!legible || json["cluster"] != cluster) {
      return fail(ErrorCode::invalid,
                  folder.path_ + " is not the data of cluster " + cluster + ": choose another --data");
    }
    if (json.contains("found")) folder.found_ = json["found"].get<std::string>();
    if (!fresh) return folder;
    for (const auto& each : fs::directory_iterator(folder.path_, error)) {
      if (each.path().filename() != mark_name) fs::remove_all(each.path(), error);
      if (error) return cannot("wipe " + each.path().string(), error);
    }
  }
  folder.found_ = random_cluster_id();
  fs::create_directories(folder.path_, error);
  if (error) return cannot("make " + folder.path_, error);
  CW_TRY_VOID(folder.write_mark());
  return folder;
}

Result<void> DataFolder::mark_founded() {
  if (!found_) return {};
  found_.reset();
  return write_mark();
}

Result<void> DataFolder::write_mark() const {
  Json json = {{"cluster", cluster_}};
  if (found_) json["found"] = *found_;
  const fs::path file = fs::path(path_) / mark_name;
  const fs::path fresh = file.string() + ".new";
  std::ofstream(fresh) << json_text(json) << '\n';
  std::error_code error;
  fs::rename(fresh, file, error);
  if (error) return cannot("write " + file.string(), error);
  return {};
}

}  // namespace causeway::cli
