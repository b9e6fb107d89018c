#include "simulation/pipeline/simulated_disk.h"

namespace bellwether::simulation {

void SimulatedDisk::set_syncs(bool forgets) {
  forgets_ = forgets;
  disk_.lie_about_sync(forgets_ || never_files_, forgets_ || never_folders_);
}

void SimulatedDisk::never_sync(bool of_files, bool of_folders) {
  never_files_ = of_files;
  never_folders_ = of_folders;
  set_syncs(forgets_);
}

void SimulatedDisk::heal() {
  disk_.heal();
  cut_at_.reset();
  set_syncs(false);
}

void SimulatedDisk::cut_power_after(int64_t operations) {
  cut_at_ = disk_.operations() + operations;
  disk_.fail_from(*cut_at_, Fault::kShortWrite);
}

void SimulatedDisk::lose_power(uint64_t seed) {
  testing::Random random(seed);
  disk_.lose_power(random);
  heal();
}

std::optional<std::string> SimulatedDisk::rot(uint64_t seed) {
  std::vector<std::string> const files = disk_.files();
  if (files.empty()) return std::nullopt;
  testing::Random random(seed);
  const std::string& path = files[random.below(files.size())];
  std::string& bytes = *disk_.bytes(path);
  if (bytes.empty()) return std::nullopt;
  char& byte = bytes[random.below(bytes.size())];
  byte = static_cast<char>(static_cast<uint8_t>(byte) ^ (1u << random.below(8)));
  return path;
}

}  // namespace bellwether::simulation
