#include "simulation/pipeline/snapshots.h"

#include "adapters/snapshot/book_codec.h"
#include "adapters/snapshot/codec.h"
#include "adapters/snapshot/past_codec.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "support/fold.h"

namespace bellwether::simulation {
namespace {

const std::string kFolder = "/var/snapshots";
// The digest of the hours of the desks. They are not those of the default.
constexpr uint64_t kWorkingHours = 7;

class HashedFile final : public snapshot::OutputFile {
 public:
  explicit HashedFile(uint64_t& hash) : hash_(hash) {}
  absl::Status append(std::string_view bytes) override {
    hash_ = base::hash64(bytes, hash_);
    return absl::OkStatus();
  }
  absl::Status sync() override { return absl::OkStatus(); }

 private:
  uint64_t& hash_;
};

template <class Part>
void add(const Part& part, snapshot::FileKind kind, uint64_t& hash) {
  HashedFile file(hash);
  snapshot::FrameWriter frames(file, kind);
  BELLWETHER_CHECK(snapshot::write(part, frames).ok());
}

const std::string& digest_of_the_world() {
  static const std::string digest = snapshot::reference_digest(testing::world());
  return digest;
}

}  // namespace

uint64_t fingerprint(const snapshot::Image& image) {
  uint64_t hash = 1;
  snapshot::Manifest manifest = image.manifest;
  manifest.file_bytes.clear();
  manifest.book_bytes = manifest.past_bytes = 0;
  add(manifest, snapshot::FileKind::kManifest, hash);
  add(image.evaluation, snapshot::FileKind::kEvaluation, hash);
  for (const snapshot::PartitionImage& p : image.partitions)
    add(p, snapshot::FileKind::kPartition, hash);
  add(*image.book, snapshot::FileKind::kBook, hash);
  add(snapshot::Past{image.evaluation.changes, image.past_book}, snapshot::FileKind::kPast, hash);
  return hash;
}

Snapshots::Snapshots(int id, Surroundings around)
    : id_(id), around_(around), store_(around.disk.files(), kFolder) {
  // A process that cannot open its folder ends. The next process tries again on a disk that works.
  if (store_.open().ok()) return;
  around_.disk.heal();
  if (!store_.open().ok())
    around_.auditor.fail(base::cat("replica ", id_, " cannot open its snapshots"));
}

snapshot::Identity Snapshots::identity() const {
  base::Calendar const calendar = around_.setup.calendar;
  return {"cluster",
          std::string(base::name(calendar.unit())),
          digest_of_the_world(),
          history_periods(calendar),
          kTopics,
          around_.setup.partitions,
          engine::kFiguresVersion,
          "codes",
          kWorkingHours};
}

absl::Status Snapshots::accept(const snapshot::Restored& found) {
  std::vector<base::LogState> states;
  std::vector<base::LogPlace> const places = snapshot::places(found, "journal");
  for (size_t k = 0; k + 1 < places.size(); ++k) {
    size_t const lane =
        k % kInputs * around_.broker.partitions() + static_cast<size_t>(places[k].partition);
    states.push_back(around_.broker.look(lane, places[k].offset));
  }
  states.push_back(around_.broker.look_at_journal(places.back().offset));
  return around_.parts.agrees(found, std::move(states));
}

std::optional<snapshot::Restored> Snapshots::newest() {
  return store_.newest(
      identity(), testing::world(), around_.setup.calendar, testing::one_after_another,
      [this](const snapshot::Restored& found) { return accept(found); },
      [this](std::string_view name, const absl::Status& why) {
        around_.auditor.refused(name, base::from_absl(why.message()));
      });
}

void Snapshots::capture(snapshot::Image image) {
  around_.parts.capture(image);
  fingerprint_ = fingerprint(image);
  image_ = std::move(image);
}

bool Snapshots::save() {
  if (!image_) return false;
  auto const before = store_.names();
  bool const honest = around_.disk.honest();
  auto const saved = around_.parts.save(store_, around_.disk, *image_);
  auto const after = store_.names();
  Custody::Attempt attempt{fingerprint_, "", saved.ok(), honest, false};
  bool const there = after.ok() && !after->empty();
  if (there && (!before.ok() || before->empty() || before->back() != after->back())) {
    attempt.name = after->back();
  }
  if (saved.ok() && attempt.name.empty()) {
    around_.auditor.fail(base::cat("replica ", id_, " saved a snapshot that is not there"));
  }
  around_.auditor.saved(id_, std::move(attempt));
  image_.reset();
  return true;
}

void Snapshots::save_foreign(snapshot::Image image) {
  if (image.manifest.tick.value % 2 == 0) {
    image.manifest.identity.cluster = "another cluster";
  } else {
    image.manifest.identity.working_hours = kWorkingHours + 1;
  }
  auto const saved = store_.save(image);
  auto const names = store_.names();
  if (names.ok() && !names->empty()) around_.auditor.saved(id_, {0, names->back()});
}

}  // namespace bellwether::simulation
