#include "adapters/snapshot/store.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "adapters/snapshot/book_codec.h"
#include "adapters/snapshot/codec.h"
#include "adapters/snapshot/past_codec.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

constexpr std::string_view kWriting = ".writing-";
constexpr std::string_view kIncoming = ".incoming";

class BytesFile final : public InputFile {
 public:
  explicit BytesFile(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  absl::StatusOr<size_t> read(uint64_t offset, std::span<char> into) const override {
    if (offset >= bytes_.size()) return size_t{0};
    return bytes_.copy(into.data(), into.size(), offset);
  }

 private:
  std::string_view bytes_;
};

std::optional<uint64_t> sequence(std::string_view name) {
  if (name.starts_with(kWriting)) name.remove_prefix(kWriting.size());
  return base::parse_number<uint64_t>(name);
}

std::string name_of(uint64_t number) {
  return absl::StrFormat("%020d", number);
}

absl::Status in_file(std::string_view file, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), base::cat(file, ": ", base::from_absl(status.message())));
}

template <class Part>
absl::Status write_file(Disk& disk, const std::string& path, FileKind kind, const Part& part,
                        uint64_t& bytes) {
  BELLWETHER_ASSIGN_OR_RETURN(std::unique_ptr<OutputFile> const file, disk.create(path));
  FrameWriter frames(*file, kind);
  BELLWETHER_RETURN_IF_ERROR(snapshot::write(part, frames));
  bytes = frames.bytes();
  return absl::OkStatus();
}

// Calls read(FrameReader&) for the file, whose length must be `bytes` if given.
template <class Read>
auto read_file(Disk& disk, const std::string& path, FileKind kind, std::optional<uint64_t> bytes,
               Read read) -> decltype(read(std::declval<FrameReader&>())) {
  auto const file = disk.open(path);
  if (!file.ok()) return file.status();
  if (bytes && (*file)->size() != *bytes) {
    return absl::DataLossError(
        base::cat(path, ": ", (*file)->size(), " bytes where the manifest says ", *bytes));
  }
  FrameReader frames(**file, kind);
  auto part = read(frames);
  if (!part.ok()) return in_file(path, part.status());
  return part;
}

absl::Status check(const RestoredPartition& p, const Manifest& m) {
  if (p.state.inputs.size() != m.identity.topics.size()) {
    return absl::DataLossError("the number of inputs differs from the manifest");
  }
  base::PeriodIndex before = m.tick;
  for (const engine::PartitionTick& tick : p.state.ready) {
    if (tick.tick <= before) return absl::DataLossError("closed ticks out of order");
    before = tick.tick;
  }
  if (p.state.open_tick && *p.state.open_tick <= before) {
    return absl::DataLossError("a tick that is both open and closed");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status same_identity(const Identity& found, const Identity& wanted) {
  auto const differs = [](std::string_view what, std::string_view is, std::string_view here) {
    return absl::FailedPreconditionError(
        base::cat("made with the ", what, " ", is, "; here it is ", here));
  };
  if (found.cluster != wanted.cluster)
    return differs("Kafka cluster", found.cluster, wanted.cluster);
  if (found.figures != wanted.figures) {
    return differs("version of the figures", base::cat(found.figures),
                   base::cat(wanted.figures, ": this build counts facts differently"));
  }
  if (found.calendar != wanted.calendar)
    return differs("calendar", found.calendar, wanted.calendar);
  if (found.topics != wanted.topics) {
    return differs("topics", absl::StrJoin(found.topics, ", "), absl::StrJoin(wanted.topics, ", "));
  }
  if (found.partitions != wanted.partitions) {
    return differs("number of partitions", base::cat(found.partitions),
                   base::cat(wanted.partitions));
  }
  if (found.history_periods != wanted.history_periods) {
    return differs("time.history", base::cat(found.history_periods, " periods"),
                   base::cat(wanted.history_periods, " periods"));
  }
  if (found.reference != wanted.reference) {
    return differs("areas and sectors", found.reference,
                   base::cat(wanted.reference, ": the reference files differ"));
  }
  if (found.codes != wanted.codes) {
    return differs("postcodes and activity codes", found.codes,
                   base::cat(wanted.codes, ": the reference files differ"));
  }
  if (found.working_hours != wanted.working_hours) {
    return differs(
        "working hours or teams of the desks", base::hex16(found.working_hours),
        base::cat(base::hex16(wanted.working_hours),
                  ": `desk` of the configuration, its holidays or the time zone database "
                  "differ"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FileEntry>> files(const Manifest& manifest) {
  if (manifest.identity.partitions < 1 ||
      manifest.file_bytes.size() != 1 + static_cast<size_t>(manifest.identity.partitions)) {
    return absl::DataLossError("files are missing in the manifest");
  }
  std::vector<FileEntry> out = {{std::string(Store::kEvaluationFile), manifest.file_bytes[0]}};
  for (size_t p = 0; p + 1 < manifest.file_bytes.size(); ++p) {
    out.push_back({Store::partition_file(p), manifest.file_bytes[1 + p]});
  }
  if (manifest.book_bytes > 0) out.push_back({std::string(Store::kBookFile), manifest.book_bytes});
  if (manifest.past_bytes > 0) out.push_back({std::string(Store::kPastFile), manifest.past_bytes});
  return out;
}

uint64_t bytes_of_files(const Manifest& manifest) {
  return std::accumulate(manifest.file_bytes.begin(), manifest.file_bytes.end(),
                         manifest.book_bytes + manifest.past_bytes);
}

absl::StatusOr<std::string> manifest_bytes(Disk& disk, std::string_view folder) {
  BELLWETHER_ASSIGN_OR_RETURN(auto const file,
                              disk.open(base::cat(folder, "/", Store::kManifestFile)));
  if (file->size() > kManifestBytesMax) return absl::DataLossError("the manifest is too long");
  std::string bytes(file->size(), '\0');
  BELLWETHER_ASSIGN_OR_RETURN(size_t const read, file->read(0, bytes));
  bytes.resize(read);
  return bytes;
}

absl::StatusOr<Manifest> parse_manifest(std::string_view bytes) {
  BytesFile const file(bytes);
  FrameReader frames(file, FileKind::kManifest);
  return read_manifest(frames);
}

std::string Store::path(std::string_view name) const {
  return base::cat(folder_, "/", name);
}
std::string Store::incoming() const {
  return path(kIncoming);
}
absl::Status Store::forget_incoming() {
  return disk_.remove(incoming());
}
absl::StatusOr<std::string> Store::manifest(std::string_view name) const {
  return manifest_bytes(disk_, path(name));
}
std::string Store::partition_file(size_t partition) {
  return base::cat("partition-", partition);
}

absl::Status Store::open() {
  BELLWETHER_RETURN_IF_ERROR(disk_.make_folder(folder_));
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<std::string> const found, disk_.list(folder_));
  for (const std::string& name : found) {
    auto const number = sequence(name);
    if (!number) continue;  // the name is not of this program
    next_ = std::max(next_, *number + 1);
    if (name.starts_with(kWriting)) BELLWETHER_RETURN_IF_ERROR(disk_.remove(path(name)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Store::names() {
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<std::string> names, disk_.list(folder_));
  std::erase_if(
      names, [](const std::string& name) { return name.starts_with(kWriting) || !sequence(name); });
  std::ranges::sort(names, {}, [](const std::string& name) { return *sequence(name); });
  return names;
}

absl::Status Store::write(const Image& image, const std::string& folder, uint64_t& bytes) {
  BELLWETHER_RETURN_IF_ERROR(disk_.make_folder(folder));
  Manifest manifest = image.manifest;
  manifest.file_bytes.assign(1 + image.partitions.size(), 0);
  manifest.book_bytes = 0;
  manifest.past_bytes = 0;
  auto const in = [&](std::string_view file) { return base::cat(folder, "/", file); };
  BELLWETHER_RETURN_IF_ERROR(write_file(disk_, in(kEvaluationFile), FileKind::kEvaluation,
                                        image.evaluation, manifest.file_bytes[0]));
  for (size_t p = 0; p < image.partitions.size(); ++p) {
    BELLWETHER_RETURN_IF_ERROR(write_file(disk_, in(partition_file(p)), FileKind::kPartition,
                                          image.partitions[p], manifest.file_bytes[1 + p]));
  }
  if (image.book != nullptr) {
    BELLWETHER_RETURN_IF_ERROR(
        write_file(disk_, in(kBookFile), FileKind::kBook, *image.book, manifest.book_bytes));
  }
  Past const past{image.evaluation.changes, image.past_book};
  BELLWETHER_RETURN_IF_ERROR(
      write_file(disk_, in(kPastFile), FileKind::kPast, past, manifest.past_bytes));
  bytes += bytes_of_files(manifest);
  uint64_t own = 0;
  BELLWETHER_RETURN_IF_ERROR(
      write_file(disk_, in(kManifestFile), FileKind::kManifest, manifest, own));
  bytes += own;
  return disk_.sync_folder(folder);
}

absl::StatusOr<uint64_t> Store::save(const Image& image) {
  uint64_t const number = next_++;
  std::string const temporary = path(base::cat(kWriting, number));
  uint64_t bytes = 0;
  absl::Status status = write(image, temporary, bytes);
  if (status.ok()) status = appear(temporary, name_of(number));
  if (!status.ok()) {
    (void)disk_.remove(temporary);  // if this fails, the next start removes it
    return status;
  }
  return bytes;
}

absl::StatusOr<std::string> Store::adopt(const std::string& folder) {
  std::string const name = name_of(next_++);
  BELLWETHER_RETURN_IF_ERROR(appear(folder, name));
  return name;
}

absl::Status Store::appear(const std::string& temporary, const std::string& name) {
  BELLWETHER_RETURN_IF_ERROR(disk_.rename(temporary, path(name)));
  BELLWETHER_RETURN_IF_ERROR(disk_.sync_folder(folder_));
  forget_old();
  return absl::OkStatus();
}

void Store::forget_old() {
  auto const all = names();
  if (!all.ok()) return;  // the next snapshot tries again
  for (size_t i = 0; i + kSnapshotsKept < all->size(); ++i) (void)disk_.remove(path((*all)[i]));
}

absl::StatusOr<Restored> Store::read(const std::string& folder, const Identity& identity,
                                     const reference::Reference& reference, base::Calendar calendar,
                                     const EachInParallel& in_parallel) {
  auto const in = [&](std::string_view file) { return base::cat(folder, "/", file); };
  BELLWETHER_ASSIGN_OR_RETURN(Manifest manifest,
                              read_file(disk_, in(kManifestFile), FileKind::kManifest, std::nullopt,
                                        [](FrameReader& f) { return read_manifest(f); }));
  BELLWETHER_RETURN_IF_ERROR(same_identity(manifest.identity, identity));
  auto const partitions = static_cast<size_t>(identity.partitions);
  BELLWETHER_RETURN_IF_ERROR(files(manifest).status());
  std::vector<std::optional<absl::StatusOr<RestoredPartition>>> parts(partitions);
  std::optional<absl::StatusOr<RestoredEvaluation>> evaluation;
  std::optional<absl::StatusOr<alerts::Book>> book;
  std::optional<absl::StatusOr<Past>> past;
  bool const has_book = manifest.book_bytes > 0;
  size_t const all = 1 + partitions + size_t{has_book} + size_t{manifest.past_bytes > 0};
  in_parallel(all, [&](size_t i) {
    if (i > partitions && !(has_book && i == partitions + 1)) {
      past = read_file(disk_, in(kPastFile), FileKind::kPast, manifest.past_bytes,
                       [&](FrameReader& f) { return read_past(f, reference, calendar); });
      return;
    }
    if (i > partitions) {
      book = read_file(disk_, in(kBookFile), FileKind::kBook, manifest.book_bytes,
                       [&](FrameReader& f) { return read_book(f, calendar); });
      return;
    }
    if (i == 0) {
      evaluation =
          read_file(disk_, in(kEvaluationFile), FileKind::kEvaluation, manifest.file_bytes[0],
                    [&](FrameReader& f) { return read_evaluation(f, reference, calendar); });
      return;
    }
    parts[i - 1] =
        read_file(disk_, in(partition_file(i - 1)), FileKind::kPartition, manifest.file_bytes[i],
                  [&](FrameReader& f) { return read_partition(f, reference, calendar); });
  });
  if (!evaluation->ok()) return evaluation->status();
  if ((*evaluation)->tick != manifest.tick)
    return absl::DataLossError("the evaluation belongs to another tick");
  Restored out{std::move(manifest), *std::move(*evaluation), {}, std::nullopt};
  if (book) {
    if (!book->ok()) return book->status();
    if ((*book)->offset() != out.manifest.journal)
      return absl::DataLossError("the book belongs to another journal offset");
    out.book = *std::move(*book);
  }
  if (past) {
    if (!past->ok()) return past->status();
    if (!(*past)->changes.empty() && (*past)->changes.back()->tick != out.manifest.tick)
      return absl::DataLossError("the changes of the panel end with another tick");
    out.evaluation.changes = std::move((*past)->changes);
    out.past_book = std::move((*past)->book);
  }
  for (size_t p = 0; p < parts.size(); ++p) {
    if (!parts[p]->ok()) return parts[p]->status();
    out.partitions.push_back(*std::move(*parts[p]));
    BELLWETHER_RETURN_IF_ERROR(
        in_file(in(partition_file(p)), check(out.partitions.back(), out.manifest)));
  }
  return out;
}

std::optional<Restored> Store::newest(
    const Identity& identity, const reference::Reference& reference, base::Calendar calendar,
    const EachInParallel& in_parallel, const std::function<absl::Status(const Restored&)>& accept,
    const std::function<void(std::string_view name, const absl::Status& why)>& refused) {
  auto all = names();
  if (!all.ok()) {
    refused(folder_, all.status());
    return std::nullopt;
  }
  for (; !all->empty(); all->pop_back()) {
    auto restored = read(path(all->back()), identity, reference, calendar, in_parallel);
    absl::Status const status = restored.ok() ? accept(*restored) : restored.status();
    if (status.ok()) return *std::move(restored);
    refused(all->back(), status);
  }
  return std::nullopt;
}

}  // namespace bellwether::snapshot
