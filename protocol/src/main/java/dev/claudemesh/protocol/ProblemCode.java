package dev.claudemesh.protocol;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every way to fail that leaves the broker, one line a code. The wire name is the constant in
/// lower case.
public enum ProblemCode {
  MALFORMED(
      Category.INVALID,
      "The frame or body is not one JSON object that can be read; nothing was done"),
  UNKNOWN_TYPE(Category.INVALID, "There is no operation of this name, at least not on the socket"),
  INVALID_REQUEST(
      Category.INVALID,
      "A field is missing, of the wrong kind or over its limit; details.field names it"),
  INVALID(
      Category.INVALID,
      "The fields are well-formed, but what they ask for makes no sense together"),
  INVALID_ARGUMENT(
      Category.INVALID, "A value cannot be what it is said to be: a key, a link, an address"),
  AMBIGUOUS_PREFIX(
      Category.INVALID, "The beginning of an id or name fits several; write more of it"),
  TOO_LARGE(Category.TOO_LARGE, "The body is larger than the broker takes"),

  NO_HELLO(Category.UNAUTHENTICATED, "The first frame of a connection must be a hello"),
  HELLO_TIMEOUT(Category.UNAUTHENTICATED, "No hello came in time; the connection was closed"),
  ALREADY_AUTHENTICATED(
      Category.CONFLICT, "The connection had its hello; a second one changes nothing"),
  TIMESTAMP_SKEW(
      Category.UNAUTHENTICATED,
      "The signed time is more than a minute off; set the clock of this machine"),
  BAD_SIGNATURE(Category.UNAUTHENTICATED, "The signature is not the key's over exactly this text"),
  BAD_SESSION_PUBKEY(
      Category.UNAUTHENTICATED, "The session key is not 64 lower-case hex characters"),
  BAD_PARENT_PUBKEY(Category.UNAUTHENTICATED, "The member key is not 64 lower-case hex characters"),
  PARENT_MEMBER_ID_MISMATCH(Category.UNAUTHENTICATED, "The member id belongs to another key"),
  ATTESTATION_MISMATCH(
      Category.UNAUTHENTICATED,
      "The member's statement is about another session or another member"),
  EXPIRED(
      Category.UNAUTHENTICATED,
      "The member's statement about the session key has ended; make a new one"),
  TTL_TOO_LONG(
      Category.UNAUTHENTICATED, "The member's statement reaches further than 24 hours ahead"),
  SESSION_KEY_UNPROVEN(
      Category.UNAUTHENTICATED,
      "Nothing proves that the session key is the client's; send sessionSignature or a"
          + " session_hello"),
  SESSION_KEY_TAKEN(Category.UNAUTHENTICATED, "The session key is in use by another member"),
  REPLAYED(Category.UNAUTHENTICATED, "This signature was used before; sign again with a new time"),
  UNAUTHORIZED(
      Category.UNAUTHENTICATED,
      "The key belongs to no member of the mesh, or nobody signed the call"),
  WRONG_PASSWORD(
      Category.UNAUTHENTICATED,
      "No account has this address and password; the answer says no more"),
  WRONG_CODE(
      Category.UNAUTHENTICATED,
      "The mailed code is wrong, used or has ended; the answer says no more"),
  UNPROVEN_ADDRESS(
      Category.FORBIDDEN,
      "Nobody has proven the account's address yet; sign in by a code that is mailed to it"),
  TOKEN_MALFORMED(
      Category.UNAUTHENTICATED,
      "The text is no token of an account; copy the whole of it, cm_session_… or cm_pat_…"),
  TOKEN_UNKNOWN(Category.UNAUTHENTICATED, "This broker gave out no such token, or long ago"),
  TOKEN_REVOKED(Category.UNAUTHENTICATED, "The token was revoked; sign in again"),
  TOKEN_EXPIRED(Category.UNAUTHENTICATED, "The token has ended; sign in again"),
  CODE_EXPIRED(Category.GONE, "The device code has ended; ask for a new one"),
  REVOKED(Category.FORBIDDEN, "The member was removed from the mesh"),
  CAPACITY(Category.BUSY, "The mesh has as many connections as the broker allows"),

  FORBIDDEN(Category.FORBIDDEN, "The caller may not do this; an admin of the mesh can change that"),
  BLOCKED(Category.FORBIDDEN, "The receiver does not accept this from the caller"),
  MESH_CREATION_CLOSED(Category.FORBIDDEN, "This broker does not let the caller make meshes"),
  NOT_FOUND(Category.NOT_FOUND, "There is no such thing in this mesh"),
  UNKNOWN_TARGET(
      Category.NOT_FOUND,
      "No member, session or group has this name or key; details lists near ones"),
  OFFLINE(
      Category.NETWORK,
      "Who hosts the tools is away; try again when they are back, nothing was done"),
  NO_RECIPIENTS(
      Category.NOT_FOUND,
      "Nobody but the sender would get it: the group or mesh has no other member"),
  EXISTS(Category.CONFLICT, "Something of this name or id is there already"),
  STALE_EPOCH(Category.CONFLICT, "The mesh key moved on meanwhile; use the current epoch"),
  STALE_VERSION(
      Category.CONFLICT,
      "It was changed meanwhile, so nothing was done; details.version is the one it has now"),
  KEY_PENDING(
      Category.CONFLICT,
      "This member still waits for the mesh key; a member who holds it must come online"),
  TASK_NOT_FOUND(Category.NOT_FOUND, "No task of this mesh has this id"),
  TASK_NOT_CLAIMABLE(
      Category.CONFLICT, "The task is not open: somebody has it, or it is done or cancelled"),
  TASK_FINISHED(
      Category.CONFLICT, "The task is done or cancelled; release it to put it back on the board"),
  LIMIT(Category.CONFLICT, "A limit of the mesh is reached; the message says which"),
  LOOP_SUSPECTED(
      Category.CONFLICT,
      "Too many agent messages answer each other; a person must send the next one"),
  REPEATED(Category.CONFLICT, "The same text went to the same peer too often within a minute"),
  INVALID_CRON(Category.INVALID, "The cron expression is not one; the message says what is wrong"),
  NO_CLOCK(Category.NOT_FOUND, "The mesh has no simulated clock; start one with set_clock"),
  ENCRYPTION_REQUIRED(Category.INVALID, "This mesh takes encrypted messages only"),

  RATE_LIMITED(
      Category.RATE_LIMITED,
      "Too many calls; wait as long as details.retryAfterMs says, if it does"),
  SLOW_DOWN(
      Category.RATE_LIMITED, "Asked again too soon; wait as long as details.retryAfterMs says"),
  BUSY(Category.BUSY, "The broker has more to do than it can; try again soon"),
  SHUTTING_DOWN(Category.BUSY, "The broker is stopping; connect again when it is back"),
  INTERNAL(
      Category.INTERNAL, "A fault of the broker; the message holds an incident id for its log"),

  INVITE_BAD_SIGNATURE(
      Category.INVALID, "The invite is not signed by whom it names; ask for a new one"),
  MESH_NOT_FOUND(Category.NOT_FOUND, "There is no such mesh on this broker, or it was deleted"),
  MESH_MISSING_OWNER_KEY(
      Category.INVALID, "The mesh has no owner's key, so no invite to it can be checked"),
  INVITE_OWNER_MISMATCH(Category.INVALID, "The invite names another owner than the mesh has"),
  INVITE_NOT_FOUND(Category.NOT_FOUND, "This broker does not know the invite; copy the whole link"),
  INVITE_MESH_MISMATCH(Category.INVALID, "The invite is for another mesh"),
  INVITE_REVOKED(Category.GONE, "The invite was withdrawn; ask for a new one"),
  INVITE_EXPIRED(Category.GONE, "The invite has ended; ask for a new one"),
  INVITE_EXHAUSTED(Category.GONE, "The invite was taken as often as it may be; ask for a new one"),
  MEMBER_INSERT_FAILED(Category.INTERNAL, "The broker could not store the new member; try again"),

  QUERY_ERROR(
      Category.INVALID,
      "PostgreSQL refused the query; the message is its own, details hold its sqlstate"),
  EXECUTE_ERROR(
      Category.INVALID,
      "PostgreSQL refused the statement, and nothing was changed; the message is its own, details"
          + " hold its sqlstate"),
  SCHEMA_ERROR(Category.INVALID, "PostgreSQL could not list the tables; the message is its own"),
  SQL_UNAVAILABLE(
      Category.FORBIDDEN,
      "This broker has no database for the SQL of meshes; its operator sets SQL_DATABASE_URL"),

  UNREACHABLE(Category.NETWORK, "Client side: the broker could not be reached"),
  TIMEOUT(Category.NETWORK, "Client side: the broker did not answer in time"),
  TOOL_FAILED(
      Category.INVALID, "Client side: the tool of another member was called, and says it failed"),
  UNDECRYPTABLE(Category.INVALID, "Client side: the body does not open with any key at hand");

  private static final Map<String, ProblemCode> BY_WIRE_NAME =
      Stream.of(values())
          .collect(Collectors.toUnmodifiableMap(ProblemCode::wireName, Function.identity()));

  private final Category category;
  private final String meaning;

  ProblemCode(Category category, String meaning) {
    this.category = category;
    this.meaning = meaning;
  }

  /// What it tells, in one line: what is wrong, and where it is not plain, what to do.
  public String meaning() {
    return meaning;
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

  /// What a code means to each face: HTTP status, CLI exit code, worth a retry, and how loud the
  /// broker's log is.
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
