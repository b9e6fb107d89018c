#include "cli/client/notify/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr std::string_view kProbeFile = "probe";
constexpr std::string_view kLockFile = "lock";
constexpr std::string_view kUnfinished = ".part";

absl::Status unusable(const std::string& folder, const absl::Status& why) {
  return absl::UnavailableError(base::cat(folder, ": notify cannot keep its state there (",
                                          why.message(),
                                          "); name a folder that it may write with --state-dir"));
}

}  // namespace

std::string StateFolder::file(std::string_view name) const {
  return base::cat(path_, "/", name);
}

absl::StatusOr<StateFolder> StateFolder::open(snapshot::Disk& disk, std::string path) {
  StateFolder out(disk, std::move(path));
  if (absl::Status const made = disk.make_folder(out.path_); !made.ok())
    return unusable(out.path_, made);
  if (absl::Status const saved = out.save(kProbeFile, "probe\n"); !saved.ok())
    return unusable(out.path_, saved);
  (void)disk.remove(out.file(kProbeFile));
  return out;
}

absl::StatusOr<std::optional<std::string>> StateFolder::load(std::string_view name) const {
  auto const input = disk_->open(file(name));
  if (absl::IsNotFound(input.status())) return std::nullopt;
  BELLWETHER_RETURN_IF_ERROR(input.status());
  if ((*input)->size() > kStateBytesMax) {
    return absl::InvalidArgumentError(
        base::cat(file(name), ": is larger than ", kStateBytesMax >> 20, " MiB"));
  }
  std::string text((*input)->size(), '\0');
  BELLWETHER_ASSIGN_OR_RETURN(size_t const bytes, (*input)->read(0, text));
  text.resize(bytes);
  return text;
}

absl::Status StateFolder::save(std::string_view name, std::string_view text) {
  std::string const whole = file(name);
  std::string const part = base::cat(whole, kUnfinished);
  {
    BELLWETHER_ASSIGN_OR_RETURN(auto const output, disk_->create(part));
    BELLWETHER_RETURN_IF_ERROR(output->append(text));
    BELLWETHER_RETURN_IF_ERROR(output->sync());
  }
  BELLWETHER_RETURN_IF_ERROR(disk_->rename(part, whole));
  return disk_->sync_folder(path_);
}

absl::StatusOr<std::string> StateFolder::load_token() const {
  BELLWETHER_ASSIGN_OR_RETURN(auto const text, load(kTokenFile));
  if (!text) return "";
  nlohmann::json const json = nlohmann::json::parse(*text, nullptr, false);
  if (json.is_object() && json.contains("resume_token") && json["resume_token"].is_string()) {
    auto token = json["resume_token"].get<std::string>();
    if (!token.empty() && token.size() <= kTokenBytesMax) return token;
  }
  return absl::InvalidArgumentError(base::cat(file(kTokenFile), ": is not what notify writes"));
}

absl::Status StateFolder::save_token(std::string_view token) {
  return save(kTokenFile, nlohmann::json{{"resume_token", token}}.dump() + "\n");
}

absl::Status StateFolder::add_dead_letter(std::string_view line) {
  bool torn = false;
  auto const input = disk_->open(file(kDeadLettersFile));
  if (input.ok() && (*input)->size() > 0) {
    char last = '\n';
    BELLWETHER_RETURN_IF_ERROR((*input)->read((*input)->size() - 1, {&last, 1}).status());
    torn = last != '\n';
  }
  BELLWETHER_ASSIGN_OR_RETURN(auto const output, disk_->extend(file(kDeadLettersFile)));
  BELLWETHER_RETURN_IF_ERROR(output->append(base::cat(torn ? "\n" : "", line)));
  BELLWETHER_RETURN_IF_ERROR(output->sync());
  return disk_->sync_folder(path_);
}

absl::StatusOr<FolderLock> FolderLock::take(const std::string& folder) {
  std::string const path = base::cat(folder, "/", kLockFile);
  int const descriptor = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return absl::UnavailableError(
        base::cat(path, ": cannot be opened (", std::strerror(errno), ")"));
  }
  FolderLock out(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return out;
  return absl::FailedPreconditionError(
      base::cat(folder, ": another notify uses this folder; each needs its own --state-dir"));
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace bellwether::cli
