// Preloaded into a node: once the file that CAUSEWAY_TEST_FAIL_SYNC names is there, every sync fails as a broken disk's does.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

int sync_unless_broken(long number, int fd) {
  const char* broken = std::getenv("CAUSEWAY_TEST_FAIL_SYNC");
  if (broken != nullptr && access(broken, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(number, fd));
}

}  // namespace

extern "C" int fdatasync(int fd) { return sync_unless_broken(SYS_fdatasync, fd); }
extern "C" int fsync(int fd) { return sync_unless_broken(SYS_fsync, fd); }
