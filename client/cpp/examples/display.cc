#include "client/cpp/examples/display.h"

#include <unistd.h>

#include <cstdio>

namespace causeway::word_count {
namespace {

constexpr std::size_t width = 32;
constexpr auto every_line = std::chrono::seconds(2);

std::string seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", value);
  return text;
}

}  // namespace

Display::Display(const std::vector<std::unique_ptr<Region>>& regions)
    : regions_(regions),
      terminal_(isatty(STDOUT_FILENO) != 0),
      begun_(std::chrono::steady_clock::now()),
      last_(begun_) {}

std::string Display::bar(const Region& region) const {
  const std::size_t done = region.lines() == 0 ? width : width * region.lines_done() / region.lines();
  std::string text;
  for (std::size_t i = 0; i < width; ++i) text += i < done ? "█" : "░";
  return text;
}

std::string Display::lag(const Region& region) const {
  const Configuration configuration = region.client().topology();
  const Datacenter* datacenter = configuration.datacenter(region.name());
  for (const Node& node : datacenter->nodes) {
    const auto status = region.client().status(node.name, std::chrono::milliseconds(200));
    if (!status) continue;
    std::string text;
    for (const Lag& lag : status->lags) {
      text += "  " + lag.from + " ";
      text += lag.micros == 0 && lag.events == 0
                  ? "level"
                  : seconds(static_cast<double>(lag.micros) / 1e6) + " / " + std::to_string(lag.events) + " events";
    }
    return "behind" + text;
  }
  return "no node answers";
}

void Display::say(const std::string& line) {
  if (terminal_ && drawn_ > 0) std::printf("\r\033[%zuA\033[J", drawn_);
  drawn_ = 0;
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Display::draw() {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ && now - last_ < every_line) return;
  std::uint64_t acknowledged = 0;
  for (const auto& region : regions_) acknowledged += region->acknowledged();
  const double elapsed = std::chrono::duration<double>(now - last_).count();
  const double rate = elapsed > 0 ? static_cast<double>(acknowledged - last_acknowledged_) / elapsed : 0;
  last_ = now;
  last_acknowledged_ = acknowledged;
  std::string text;
  for (const auto& region : regions_) {
    char line[160];
    std::snprintf(line, sizeof line, " %5zu/%zu lines  ", region->lines_done(), region->lines());
    text += "  " + region->name() + " " + bar(*region) + line + lag(*region) + "\n";
  }
  char line[160];
  std::snprintf(line, sizeof line, "  %s, %llu updates acknowledged, %.0f a second\n",
                seconds(std::chrono::duration<double>(now - begun_).count()).c_str(),
                static_cast<unsigned long long>(acknowledged), rate);
  text += line;
  if (terminal_ && drawn_ > 0) std::printf("\r\033[%zuA\033[J", drawn_);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  drawn_ = regions_.size() + 1;
}

}  // namespace causeway::word_count
