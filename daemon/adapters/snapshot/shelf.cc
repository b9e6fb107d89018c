#include "adapters/snapshot/shelf.h"

#include <algorithm>

#include "adapters/snapshot/crc32c.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

constexpr size_t kCheckedAtOnce = 1 << 20;

}  // namespace

absl::StatusOr<FilePiece> FileSource::next(size_t bytes_max) {
  FilePiece piece{at_, {}, crc_};
  auto const size = static_cast<size_t>(std::min<uint64_t>(bytes_max, file_.size() - at_));
  if (size == 0) return piece;
  buffer_.resize(size);
  BELLWETHER_ASSIGN_OR_RETURN(size_t const read, file_.read(at_, buffer_));
  if (read < size) return absl::DataLossError("the file has become shorter");
  piece.data = buffer_;
  crc_ = piece.crc32c = crc32c(crc_, buffer_);
  at_ += size;
  return piece;
}

std::vector<OfferedSnapshot> Shelf::list() {
  std::vector<OfferedSnapshot> out;
  auto const names = store_.names();
  if (names.ok()) {
    for (const std::string& name : *names) {
      if (auto manifest = store_.manifest(name); manifest.ok())
        out.push_back({name, *std::move(manifest)});
    }
  }
  {
    std::lock_guard lock(mutex_);
    for (const Use& use : uses_) {
      const OfferedSnapshot& held = use.held->snapshot;
      if (std::ranges::none_of(out,
                               [&](const OfferedSnapshot& s) { return s.name == held.name; })) {
        out.push_back(held);
      }
    }
  }
  std::ranges::sort(out, std::greater(), &OfferedSnapshot::name);
  return out;
}

absl::StatusOr<std::shared_ptr<const HeldSnapshot>> Shelf::hold(std::string_view name,
                                                                absl::Time now) {
  std::lock_guard lock(mutex_);
  let_go(now);
  for (Use& use : uses_) {
    if (use.held->snapshot.name != name) continue;
    use.last = now;
    return use.held;
  }
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<std::string> const names, store_.names());
  if (std::ranges::find(names, name) == names.end()) {
    return absl::NotFoundError(base::cat("snapshot ", base::excerpt(name),
                                         " is no longer here; list the snapshots again"));
  }
  if (uses_.size() >= kHeldMax) {
    auto const idle =
        std::ranges::find_if(uses_, [](const Use& use) { return use.held.use_count() == 1; });
    if (idle == uses_.end()) {
      return absl::ResourceExhaustedError(
          "other snapshots are being read from here; try again later");
    }
    uses_.erase(idle);
  }
  auto held = std::make_shared<HeldSnapshot>();
  held->snapshot.name = name;
  BELLWETHER_ASSIGN_OR_RETURN(held->snapshot.manifest, store_.manifest(name));
  BELLWETHER_ASSIGN_OR_RETURN(Manifest const manifest, parse_manifest(held->snapshot.manifest));
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<FileEntry> const entries, files(manifest));
  for (const FileEntry& entry : entries) {
    BELLWETHER_ASSIGN_OR_RETURN(auto file,
                                disk_.open(base::cat(store_.path(name), "/", entry.name)));
    if (file->size() != entry.bytes)
      return absl::DataLossError(
          base::cat(entry.name, " does not have the length in the manifest"));
    held->files.emplace(entry.name, std::move(file));
  }
  uses_.push_back({held, now});
  return held;
}

absl::StatusOr<std::unique_ptr<FileSource>> Shelf::open(std::string_view name,
                                                        std::string_view file, uint64_t offset,
                                                        uint32_t crc, absl::Time now) {
  BELLWETHER_ASSIGN_OR_RETURN(auto held, hold(name, now));
  auto const found = held->files.find(file);
  if (found == held->files.end())
    return absl::NotFoundError(
        base::cat("there is no file ", base::excerpt(file), " in a snapshot"));
  const InputFile& input = *found->second;
  absl::Status const other = absl::AbortedError(
      base::cat("the first ", offset, " bytes of ", file, " differ here; start the file again"));
  if (offset > input.size()) return other;
  FileSource before(held, input, 0, 0);
  uint32_t sum = 0;
  for (uint64_t at = 0; at < offset;) {
    BELLWETHER_ASSIGN_OR_RETURN(
        FilePiece const piece,
        before.next(static_cast<size_t>(std::min<uint64_t>(kCheckedAtOnce, offset - at))));
    at += piece.data.size();
    sum = piece.crc32c;
  }
  if (sum != crc) return other;
  return std::make_unique<FileSource>(std::move(held), input, offset, crc);
}

void Shelf::let_go(absl::Time now) {
  for (Use& use : uses_) {
    if (use.held.use_count() > 1) use.last = now;
  }
  std::erase_if(uses_, [&](const Use& use) { return now - use.last > kHeldFor; });
}

void Shelf::tidy(absl::Time now) {
  std::lock_guard lock(mutex_);
  let_go(now);
}

size_t Shelf::held() const {
  std::lock_guard lock(mutex_);
  return uses_.size();
}

}  // namespace bellwether::snapshot
