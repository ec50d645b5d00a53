package dev.claudemesh.protocol.audit;

import dev.claudemesh.protocol.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;

/// The chain of a mesh's audit (PROTOCOL 9.5), walked entry by entry: by the broker that adds to
/// it, and by whoever checks it, with or without a broker.
///
/// Remembers the last link only. For one thread.
public final class AuditChain {
  /// What stands before the first entry.
  public static final String GENESIS = "genesis";

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

  private final String meshId;
  private final MessageDigest sha256;
  private long last;
  private String hash;
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  /// One entry, as its hash covers it.
  ///
  /// @param payload as canonical JSON
  public record Link(
      long id,
      String eventType,
      Optional<String> actorMemberId,
      String payload,
      Instant createdAt) {

    public static Link of(AuditReply.Entry entry) {
      return new Link(
          entry.id(),
          entry.eventType(),
          entry.actorMemberId(),
          CanonicalJson.of(entry.payload()),
          entry.createdAt());
    }
  }

  /// Where a chain does not hold, and why.
  public record Break(long at, String reason) {}

  /// @param last the entry to go on after; 0 to begin
  /// @param hash that entry's hash, or {@link #GENESIS}
  public AuditChain(String meshId, long last, String hash) {
    this.meshId = meshId;
    this.last = last;
    this.hash = hash;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  public static AuditChain of(String meshId) {
    return new AuditChain(meshId, 0, GENESIS);
  }

  /// Place of the last entry.
  public long last() {
    return last;
  }

  /// Hash of the last entry.
  public String hash() {
    return hash;
  }

  /// Adds the next entry.
  ///
  /// @return its hash
  public String add(
      String eventType, Optional<String> actorMemberId, String payload, Instant createdAt) {
    hash = hashOf(eventType, actorMemberId, payload, createdAt);
    last++;
    return hash;
  }

  /// Goes one entry on, if that is the next one and has the hash it must have.
  public Optional<Break> check(Link link, String itsHash) {
    if (link.id() != last + 1) {
      return Optional.of(
          new Break(
              last + 1,
              link.id() > last + 1
                  ? "is not there; after " + last + " comes " + link.id()
                  : "is followed by an earlier one, " + link.id()));
    }
    String computed =
        hashOf(link.eventType(), link.actorMemberId(), link.payload(), link.createdAt());
    if (!computed.equals(itsHash)) {
      return Optional.of(
          new Break(link.id(), "was changed, or another stood before it: its hash does not fit"));
    }
    last = link.id();
    hash = itsHash;
    return Optional.empty();
  }

  /// Whether the chain ends where it is known to end.
  public Optional<Break> checkEnd(long knownLast, String knownHash) {
    if (last < knownLast) {
      return Optional.of(new Break(last + 1, "is not there; the last one was " + knownLast));
    }
    return hash.equals(knownHash)
        ? Optional.empty()
        : Optional.of(new Break(last, "is not the one that was written last"));
  }

  private String hashOf(
      String eventType, Optional<String> actorMemberId, String payload, Instant createdAt) {
    String text =
        hash
            + "|"
            + meshId
            + "|"
            + eventType
            + "|"
            + actorMemberId.orElse("null")
            + "|"
            + payload
            + "|"
            + iso(createdAt);
    return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// ISO 8601 with three digits of milliseconds. Neighbours are mostly of one second.
  private String iso(Instant moment) {
    if (moment.getEpochSecond() != second) {
      second = moment.getEpochSecond();
      secondText = SECONDS.format(moment);
    }
    int millis = moment.getNano() / 1_000_000;
    return secondText + (millis < 10 ? "00" : millis < 100 ? "0" : "") + millis + "Z";
  }
}
