#include "storage/data_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "engines.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("a_new_folder_belongs_to_no_cluster_until_it_is_told_and_then_to_one_for_ever") {
  TemporaryFolder parent;
  const std::string path = parent.path() + "/node";
  {
    auto folder = DataFolder::open(path);
    REQUIRE(folder);
    CHECK(folder->cluster() == std::nullopt);
    CHECK(std::filesystem::is_directory(folder->shard(0).log()));
    CHECK(std::filesystem::is_directory(folder->shard(0).state()));
    REQUIRE(folder->set_cluster(0xAB));
    CHECK(read_file(path + "/cluster") == "00000000000000ab\n");
  }
  auto folder = DataFolder::open(path);
  REQUIRE(folder);
  CHECK(folder->cluster() == std::uint64_t{0xAB});
  CHECK(folder->set_cluster(0xAB));
  const auto other = folder->set_cluster(0xAC);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::invalid);
}

TEST_CASE("two_processes_never_use_one_folder") {
  TemporaryFolder parent;
  auto folder = DataFolder::open(parent.path());
  REQUIRE(folder);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto second = DataFolder::open(parent.path());
    ::_exit(!second && second.error().code == ErrorCode::unavailable ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  const auto here = DataFolder::open(parent.path());
  REQUIRE_FALSE(here);
  CHECK(here.error().sentence.find("another process uses the folder") == 0);
}

TEST_CASE("a_folder_with_something_else_in_it_is_left_alone") {
  TemporaryFolder parent;
  write_file(parent.path() + "/letters.txt", "dear");
  const auto folder = DataFolder::open(parent.path());
  REQUIRE_FALSE(folder);
  CHECK(folder.error().code == ErrorCode::invalid);
  CHECK(std::distance(std::filesystem::directory_iterator(parent.path()), {}) == 1);
  CHECK_FALSE(DataFolder::open(parent.path() + "/letters.txt"));
  CHECK_FALSE(DataFolder::open(parent.path() + "/no/such/parent"));
}

TEST_CASE("a_damaged_cluster_id_is_an_error_and_not_a_new_folder") {
  TemporaryFolder parent;
  {
    auto folder = DataFolder::open(parent.path());
    REQUIRE(folder);
    REQUIRE(folder->set_cluster(7));
  }
  for (const std::string text :
       {"", "7\n", "000000000000000g\n", "0000000000000007", "0000000000000007\n\n"}) {
    write_file(parent.path() + "/cluster", text);
    const auto folder = DataFolder::open(parent.path());
    REQUIRE_FALSE(folder);
    CHECK(folder.error().code == ErrorCode::invalid);
  }
}
