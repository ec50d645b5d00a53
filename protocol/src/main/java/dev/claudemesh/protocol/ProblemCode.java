package dev.claudemesh.protocol;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every way to fail that leaves the broker, one line a code. The wire name is the constant in lower case.
public enum ProblemCode {
  MALFORMED(Category.INVALID),
  UNKNOWN_TYPE(Category.INVALID),
  INVALID_REQUEST(Category.INVALID),
  INVALID(Category.INVALID),
  INVALID_ARGUMENT(Category.INVALID),
  AMBIGUOUS_PREFIX(Category.INVALID),
  TOO_LARGE(Category.TOO_LARGE),

  NO_HELLO(Category.UNAUTHENTICATED),
  HELLO_TIMEOUT(Category.UNAUTHENTICATED),
  ALREADY_AUTHENTICATED(Category.CONFLICT),
  TIMESTAMP_SKEW(Category.UNAUTHENTICATED),
  BAD_SIGNATURE(Category.UNAUTHENTICATED),
  BAD_SESSION_PUBKEY(Category.UNAUTHENTICATED),
  BAD_PARENT_PUBKEY(Category.UNAUTHENTICATED),
  PARENT_MEMBER_ID_MISMATCH(Category.UNAUTHENTICATED),
  ATTESTATION_MISMATCH(Category.UNAUTHENTICATED),
  EXPIRED(Category.UNAUTHENTICATED),
  TTL_TOO_LONG(Category.UNAUTHENTICATED),
  SESSION_KEY_UNPROVEN(Category.UNAUTHENTICATED),
  SESSION_KEY_TAKEN(Category.UNAUTHENTICATED),
  REPLAYED(Category.UNAUTHENTICATED),
  UNAUTHORIZED(Category.UNAUTHENTICATED),
  REVOKED(Category.FORBIDDEN),
  CAPACITY(Category.BUSY),

  FORBIDDEN(Category.FORBIDDEN),
  BLOCKED(Category.FORBIDDEN),
  MESH_CREATION_CLOSED(Category.FORBIDDEN),
  NOT_FOUND(Category.NOT_FOUND),
  UNKNOWN_TARGET(Category.NOT_FOUND),
  NO_RECIPIENTS(Category.NOT_FOUND),
  EXISTS(Category.CONFLICT),
  STALE_EPOCH(Category.CONFLICT),
  KEY_PENDING(Category.CONFLICT),
  LIMIT(Category.CONFLICT),
  LOOP_SUSPECTED(Category.CONFLICT),
  REPEATED(Category.CONFLICT),
  ENCRYPTION_REQUIRED(Category.INVALID),

  RATE_LIMITED(Category.RATE_LIMITED),
  BUSY(Category.BUSY),
  SHUTTING_DOWN(Category.BUSY),
  INTERNAL(Category.INTERNAL),

  INVITE_BAD_SIGNATURE(Category.INVALID),
  MESH_NOT_FOUND(Category.NOT_FOUND),
  MESH_MISSING_OWNER_KEY(Category.INVALID),
  INVITE_OWNER_MISMATCH(Category.INVALID),
  INVITE_NOT_FOUND(Category.NOT_FOUND),
  INVITE_MESH_MISMATCH(Category.INVALID),
  INVITE_REVOKED(Category.GONE),
  INVITE_EXPIRED(Category.GONE),
  INVITE_EXHAUSTED(Category.GONE),
  MEMBER_INSERT_FAILED(Category.INTERNAL),

  /// Client side only: the broker could not be reached, or did not answer in time.
  UNREACHABLE(Category.NETWORK),
  TIMEOUT(Category.NETWORK),
  UNDECRYPTABLE(Category.INVALID);

  private static final Map<String, ProblemCode> BY_WIRE_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(ProblemCode::wireName, Function.identity()));

  private final Category category;

  ProblemCode(Category category) {
    this.category = category;
  }

  public Category category() {
    return category;
  }

  public boolean retryable() {
    return category.retryable;
  }

  public int httpStatus() {
    return category.httpStatus;
  }

  /// Exit code of a CLI command that failed this way.
  public int exitCode() {
    return category.exitCode;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ProblemCode> of(String wireName) {
    return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
  }

  /// What a code means to each face: HTTP status, CLI exit code, worth a retry, and how loud the broker's log is.
  public enum Category {
    INVALID(400, 3, false, Loudness.DEBUG),
    UNAUTHENTICATED(401, 2, false, Loudness.INFO),
    FORBIDDEN(403, 7, false, Loudness.INFO),
    NOT_FOUND(404, 5, false, Loudness.DEBUG),
    CONFLICT(409, 6, false, Loudness.DEBUG),
    GONE(410, 5, false, Loudness.DEBUG),
    TOO_LARGE(413, 3, false, Loudness.DEBUG),
    RATE_LIMITED(429, 4, true, Loudness.INFO),
    BUSY(503, 4, true, Loudness.WARN),
    NETWORK(504, 4, true, Loudness.DEBUG),
    INTERNAL(500, 8, true, Loudness.ERROR);

    private final int httpStatus;
    private final int exitCode;
    private final boolean retryable;
    private final Loudness loudness;

    Category(int httpStatus, int exitCode, boolean retryable, Loudness loudness) {
      this.httpStatus = httpStatus;
      this.exitCode = exitCode;
      this.retryable = retryable;
      this.loudness = loudness;
    }

    public Loudness loudness() {
      return loudness;
    }
  }

  /// Log level, without naming a logging library here.
  public enum Loudness {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }
}
