#include "server/reshard.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "node/reshard.h"
#include "ring/shards.h"
#include "server/disk.h"
#include "server/machine.h"

namespace causeway {
namespace {

Result<DataFolder> open_folder(const std::string& path, std::uint32_t shards) {
  const auto parent = std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) {
    return fail(ErrorCode::invalid, "cannot make the folder " + parent.string() + ": " + error.message() +
                                        "; give a data folder that can be written with --data");
  }
  return DataFolder::open(path, shards);
}

/// Each with the limits of the whole node: what one shard is given beyond its part is trimmed when it runs.
Result<std::vector<std::unique_ptr<ShardDisk>>> open_disks(const std::vector<ShardFolder>& folders,
                                                           const Limits& limits) {
  std::vector<std::unique_ptr<ShardDisk>> disks;
  for (const ShardFolder& folder : folders) {
    CW_TRY(auto disk, ShardDisk::open(folder, limits));
    disks.push_back(std::move(disk));
  }
  return disks;
}

Result<void> change(DataFolder& folder, const Node& node, const Limits& limits) {
  std::vector<ShardFolder> folders;
  for (std::uint32_t k = 0; k < folder.shards(); ++k) folders.push_back(folder.shard(k));
  CW_TRY(auto old, open_disks(folders, limits));
  CW_TRY(const auto new_folders, folder.begin_change(node.shards));
  CW_TRY(auto now, open_disks(new_folders, limits));
  std::vector<ShardFiles> old_files;
  for (const auto& disk : old) old_files.push_back(disk->files());
  std::vector<NewShard> new_shards;
  for (std::uint32_t k = 0; k < node.shards; ++k)
    new_shards.push_back({shard_of(node, k).id, now[k]->files()});
  CW_TRY_VOID(reshard_node(old_files, new_shards, read_boot_id(), random_number()));
  old.clear();
  now.clear();
  return folder.finish_change();
}

}  // namespace

OrExit<DataFolder> open_data(const std::string& path, const Configuration& configuration, const Node& node,
                             const std::function<void(const std::string&)>& say) {
  auto folder = open_folder(path, node.shards);
  if (!folder) return cannot_start(folder.error());
  if (folder->shards() == node.shards) return std::move(*folder);
  say("the data is laid out for " + std::to_string(folder->shards()) + " shards: it moves to " +
      std::to_string(node.shards));
  if (auto changed = change(*folder, node, configuration.topology().limits); !changed)
    return cannot_open(changed.error(), path);
  say("the data has moved");
  return std::move(*folder);
}

}  // namespace causeway
