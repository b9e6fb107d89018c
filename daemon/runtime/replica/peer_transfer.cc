#include "runtime/replica/peer_transfer.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "runtime/replica/addresses.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(50);
constexpr absl::Duration kTellEvery = absl::Seconds(1);

std::string text_of(const absl::Status& status) {
  return std::string(base::from_absl(status.message()));
}

uint64_t bytes_of(const snapshot::Manifest& manifest) {
  uint64_t sum = manifest.book_bytes + manifest.past_bytes;
  for (uint64_t const n : manifest.file_bytes) sum += n;
  return sum;
}

std::string name_of(const snapshot::Manifest& manifest) {
  auto const unit = base::calendar_unit(manifest.identity.calendar);
  return base::Calendar(unit.value_or(base::CalendarUnit::kMonth)).name(manifest.tick);
}

void add_reason(std::string& why, const std::string& peer, std::string_view reason) {
  base::append(why, why.empty() ? "" : "; ", peer, ": ", reason);
}

}  // namespace

bool PeerTransfer::excluded(const std::string& manifest, const std::string& peer) const {
  return std::ranges::any_of(excluded_, [&](const auto& e) {
    return e.first == manifest && (e.second.empty() || e.second == peer);
  });
}

void PeerTransfer::exclude(std::string manifest, std::string peer) {
  excluded_.emplace_back(std::move(manifest), std::move(peer));
}

PeerTransferCounts PeerTransfer::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

void PeerTransfer::count_failure() {
  std::lock_guard lock(mutex_);
  ++counts_.failed;
}

bool PeerTransfer::pause(absl::Duration wait) const {
  for (absl::Time const until = absl::Now() + wait; absl::Now() < until; absl::SleepFor(kLook)) {
    if (place_.stopping()) return false;
  }
  return !place_.stopping();
}

PeerTransfer::Answers PeerTransfer::ask(const snapshot::Identity& identity,
                                        const std::string& unfinished) {
  Answers out;
  clients_.clear();
  for (const std::string& peer : peers_) {
    auto const found = addresses(peer, timeouts_.answer);
    if (!found.ok()) {
      out.all = false;
      add_reason(out.why, peer, text_of(found.status()));
      continue;
    }
    for (const std::string& address : *found) {
      bool const known =
          std::ranges::any_of(clients_, [&](const auto& c) { return c->address() == address; });
      if (known || clients_.size() >= kAddressesMax) continue;
      clients_.push_back(std::make_unique<rpc::SnapshotClient>(address));
    }
  }
  auto const answers = rpc::list_snapshots(clients_, timeouts_.answer, place_.stopping);
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::string& peer = clients_[i]->address();
    if (!answers[i].ok()) {
      out.all = out.all && !absl::IsUnavailable(answers[i].status()) &&
                !absl::IsDeadlineExceeded(answers[i].status());
      add_reason(out.why, peer, text_of(answers[i].status()));
      continue;
    }
    if (answers[i]->empty()) add_reason(out.why, peer, "has no snapshot");
    for (const base::OfferedSnapshot& s : *answers[i]) {
      auto about = snapshot::parse_manifest(s.manifest);
      absl::Status fits =
          about.ok() ? snapshot::same_identity(about->identity, identity) : about.status();
      if (fits.ok()) fits = snapshot::files(*about).status();
      if (fits.ok() && excluded(s.manifest, peer))
        fits = absl::FailedPreconditionError("was refused before");
      if (fits.ok()) {
        out.offers.push_back({clients_[i].get(), s, *std::move(about)});
      } else {
        add_reason(out.why, peer, base::cat("snapshot ", s.name, " ", text_of(fits)));
      }
    }
  }
  std::ranges::stable_sort(out.offers, std::greater(), [&](const Offer& o) {
    return std::tuple(!unfinished.empty() && o.snapshot.manifest == unfinished, o.about.tick,
                      o.about.taken_at);
  });
  return out;
}

absl::Status PeerTransfer::fetch_file(const Offer& offer, snapshot::Incoming& incoming, size_t file,
                                      bool& own_disk) {
  auto const& entry = incoming.files()[file];
  auto place = incoming.open(file);
  absl::Time told = absl::InfinitePast();
  while (place.ok()) {
    absl::Status const fetched = offer.client->fetch(
        {offer.snapshot.name, entry.name, place->offset, place->crc32c},
        [&](const base::FilePiece& piece) {
          absl::Status const put = incoming.put(piece.offset, piece.data, piece.crc32c);
          own_disk = !put.ok() && !absl::IsDataLoss(put);
          if (put.ok()) {
            std::lock_guard lock(mutex_);
            counts_.bytes += piece.data.size();
          }
          if (absl::Time const now = absl::Now(); now - told >= kTellEvery) {
            told = now;
            place_.doing(base::cat("taking the snapshot of ", name_of(offer.about), " of peer ",
                                   offer.client->address(), ": ", entry.name, ", ", piece.offset,
                                   " of ", entry.bytes, " bytes"));
          }
          return put;
        },
        timeouts_.piece, place_.stopping);
    if (!absl::IsAborted(fetched) || place->offset == 0) {
      if (!fetched.ok()) return fetched;
      absl::Status const closed = incoming.close();
      own_disk = !closed.ok() && !absl::IsDataLoss(closed);
      return closed;
    }
    place_.log(
        base::LogLevel::kWarning, "snapshot",
        base::cat("the local part of ", entry.name, " differs from the peer's: fetching it again"));
    absl::Status const again = incoming.restart();
    place =
        again.ok() ? absl::StatusOr<snapshot::Incoming::Place>(snapshot::Incoming::Place{}) : again;
  }
  own_disk = true;
  return place.status();
}

absl::Status PeerTransfer::fetch(const Offer& offer, snapshot::Incoming& incoming, bool& own_disk) {
  if (absl::Status s = incoming.begin(offer.snapshot.manifest); !s.ok()) {
    own_disk = !absl::IsDataLoss(s);
    return s;
  }
  for (size_t i = 0; i < incoming.files().size(); ++i) {
    BELLWETHER_RETURN_IF_ERROR(fetch_file(offer, incoming, i, own_disk));
  }
  absl::Status s = incoming.finish();
  own_disk = !s.ok();
  return s;
}

struct PeerTransfer::Errand {
  snapshot::Store& store;
  snapshot::Incoming incoming;
  absl::Time begin;
  absl::Time until;       // end of the attempts, unless there is progress
  bool own_disk = false;  // this replica's disk failed, so no other replica helps
  std::string why;        // the reasons why no snapshot has been taken so far
  std::map<std::pair<std::string, std::string>, int> damaged;  // by address and snapshot
};

absl::Status PeerTransfer::give_up(Errand& errand, absl::Status why) {
  (void)errand.incoming.remove();  // the bytes would only use disk space
  return why;
}

absl::StatusOr<PeerTransfer::Taken> PeerTransfer::take_offer(const Offer& offer, Errand& errand) {
  const std::string& peer = offer.client->address();
  place_.log(base::LogLevel::kInfo, "snapshot",
             base::cat("taking the snapshot of ", name_of(offer.about), " of peer ", peer, ", ",
                       bytes_of(offer.about), " bytes"));
  uint64_t const before = counts().bytes;
  absl::Status const fetched = fetch(offer, errand.incoming, errand.own_disk);
  uint64_t const received = counts().bytes - before;
  if (fetched.ok()) {
    auto const name = errand.store.adopt(errand.store.incoming());
    errand.own_disk = !name.ok();
    if (!name.ok()) return name.status();
    double const seconds = absl::ToDoubleSeconds(absl::Now() - errand.begin);
    place_.log(base::LogLevel::kInfo, "snapshot",
               absl::StrFormat("took it in %.2f s; %d bytes received now", seconds, received));
    std::lock_guard lock(mutex_);
    ++counts_.taken;
    counts_.seconds = seconds;
    return Taken{peer, offer.snapshot.manifest};
  }
  if (place_.stopping()) {
    errand.own_disk = false;  // the received bytes stay
    return absl::CancelledError("this process is stopping");
  }
  count_failure();
  errand.why.clear();
  add_reason(errand.why, peer, text_of(fetched));
  place_.log(base::LogLevel::kWarning, "snapshot",
             base::cat("the transfer broke off after ", received, " bytes: ", errand.why));
  if (errand.own_disk)
    return absl::Status(fetched.code(), base::cat("it cannot be kept: ", text_of(fetched)));
  if (absl::IsDataLoss(fetched) && ++errand.damaged[{peer, offer.snapshot.name}] >= kDamagedMax)
    exclude(offer.snapshot.manifest, peer);
  if (received > 0) errand.until = absl::Now() + timeouts_.again;
  return fetched;
}

absl::StatusOr<PeerTransfer::Taken> PeerTransfer::take(snapshot::Store& store,
                                                       const snapshot::Identity& identity,
                                                       bool needed) {
  absl::Time const begin = absl::Now();
  Errand errand{store, snapshot::Incoming(disk_, store.incoming()),
                begin, needed ? begin + timeouts_.wait : begin,
                false, {},
                {}};
  std::string logged;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (attempt > 0 && !pause(timeouts_.between))
      return absl::CancelledError("this process is stopping");
    place_.doing("asking the other replicas for their snapshots");
    std::string const unfinished = errand.incoming.unfinished();
    Answers const answers = ask(identity, unfinished);
    errand.why = answers.why;
    for (const Offer& offer : answers.offers) {
      errand.until = std::max(errand.until, begin + timeouts_.again);
      auto taken = take_offer(offer, errand);
      if (taken.ok()) return taken;
      if (errand.own_disk) return give_up(errand, taken.status());
      if (place_.stopping()) return absl::CancelledError("this process is stopping");
      if (!absl::IsResourceExhausted(taken.status())) break;
      errand.until = std::max(errand.until, begin + timeouts_.busy);
      if (offer.snapshot.manifest == unfinished) break;  // wait rather than begin another
    }
    if (place_.stopping()) return absl::CancelledError("this process is stopping");
    if (absl::Now() >= errand.until || (answers.offers.empty() && answers.all)) break;
    if (errand.why != logged)
      place_.log(base::LogLevel::kWarning, "snapshot", base::cat("asking again: ", errand.why));
    logged = errand.why;
  }
  return give_up(errand,
                 absl::UnavailableError(errand.why.empty() ? "no address is known" : errand.why));
}

rpc::SnapshotBackend give_snapshots(snapshot::Shelf& shelf) {
  rpc::SnapshotBackend out;
  out.list = [&shelf] { return shelf.list(); };
  out.open = [&shelf](const rpc::FileRequest& request) -> absl::StatusOr<rpc::NextPiece> {
    auto source =
        shelf.open(request.name, request.file, request.offset, request.crc32c, absl::Now());
    if (!source.ok()) return source.status();
    return [file = std::shared_ptr(*std::move(source))](size_t bytes_max) {
      return file->next(bytes_max);
    };
  };
  return out;
}

}  // namespace bellwether::runtime
