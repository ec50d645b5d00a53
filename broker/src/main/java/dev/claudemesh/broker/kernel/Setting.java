package dev.claudemesh.broker.kernel;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every setting of the broker, one line each: name in the environment and in `broker.properties`,
/// default, and what is accepted.
///
/// Those marked {@link Use#LATER} belong to rooms that are not built yet; they are accepted so that
/// an environment may be prepared.
public enum Setting {
  BROKER_HOST("127.0.0.1", new Kind.Text(), "Address to listen on"),
  BROKER_PORT("7900", new Kind.Whole(0, 65_535), "Port for HTTP and WebSocket; 0 takes a free one"),
  CLAUDEMESH_DATA("", new Kind.Text(), "Folder of the broker's data"),
  DATABASE_URL(
      "",
      new Kind.Secret(),
      "postgres:// address; without it the broker runs a PostgreSQL of its own"),
  SQL_DATABASE_URL(
      "",
      new Kind.Secret(),
      "postgres:// address of a database for the SQL of meshes; without it one is made beside the"
          + " broker's own"),
  BROKER_COMPAT("false", new Kind.Flag(), "Let clients of the first protocol call without proof"),
  BROKER_MESH_CREATION("", new Kind.Choice("open", "token", "closed"), "Who may make a mesh"),
  BROKER_MESH_CREATION_TOKEN(
      "", new Kind.Secret(), "Token for making meshes; without it one is made in the data folder"),
  BROKER_ACCOUNTS(
      "false", new Kind.Flag(), "Let people make accounts and sign in; keys stay the identity"),
  BROKER_SMTP_URL(
      "",
      new Kind.Secret(),
      "smtp:// or smtps:// address, with user and password, of the server that sends mail for the"
          + " broker"),
  EMAIL_FROM("", new Kind.Text(), "Address that mail of the broker comes from"),
  BROKER_URL("", new Kind.Url("ws", "wss"), "WebSocket address to put into invites"),
  BROKER_PUBLIC_URL("", new Kind.Url("http", "https"), "HTTP address to put into links"),
  APP_URL("", new Kind.Url("http", "https"), "Address of the web app, if there is one"),
  GIT_SHA("", new Kind.Text(), "Revision, shown on /health"),
  PING_INTERVAL_SECONDS("30", new Kind.Whole(1, 3_600), "How often each connection is pinged"),
  PONG_TIMEOUT_SECONDS("75", new Kind.Whole(2, 7_200), "How long a connection may be silent"),
  HELLO_DEADLINE_SECONDS(
      "10", new Kind.Whole(1, 600), "How long a connection may take to say hello"),
  PRESENCE_GRACE_SECONDS(
      "90", new Kind.Whole(0, 86_400), "How long a peer is kept after its socket was lost"),
  ACK_LEASE_SECONDS(
      "30", new Kind.Whole(1, 3_600), "How long a client may take to confirm a message"),
  MESSAGE_TTL_DAYS("7", new Kind.Whole(1, 3_650), "How long an undelivered message is kept"),
  STATUS_TTL_SECONDS("60", new Kind.Whole(1, 86_400), "How long a status from a hook holds"),
  HOOK_FRESH_WINDOW_SECONDS(
      "30", new Kind.Whole(1, 86_400), "How long a hook outranks other sources"),
  MAX_CONNECTIONS_PER_MESH("1000", new Kind.Whole(1, 100_000), "Connections of one mesh"),
  MAX_MESSAGE_BYTES(
      "65536",
      new Kind.Whole(1_024, 1_048_576),
      "Largest frame, and largest body of an open HTTP call"),
  HOOK_RATE_LIMIT_PER_MIN(
      "30", new Kind.Whole(0, 100_000), "Hook reports of one session; 0 for no limit"),
  SEND_RATE_PER_MINUTE(
      "600", new Kind.Whole(0, 1_000_000), "Messages of one member; 0 for no limit"),
  SEND_BURST("100", new Kind.Whole(1, 1_000_000), "Messages one member may send at once"),
  MAX_HOPS("30", new Kind.Whole(1, 1_000_000), "Agent messages in one chain of answers"),
  SQL_QUOTA_MB("256", new Kind.Whole(1, 1_000_000), "Size of each mesh's own database"),
  SQL_TOTAL_MB("8192", new Kind.Whole(64, 1_000_000_000), "Size of all meshes' databases together"),
  REPEAT_LIMIT_PER_MINUTE("5", new Kind.Whole(0, 100_000), "Identical texts to one peer"),

  BROKER_ENCRYPTION_KEY("", new Kind.Secret(), Use.LATER),
  CLI_SYNC_SECRET("", new Kind.Secret(), Use.LATER),
  MINIO_ENDPOINT("", new Kind.Text(), Use.LATER),
  MINIO_ACCESS_KEY("", new Kind.Secret(), Use.LATER),
  MINIO_SECRET_KEY("", new Kind.Secret(), Use.LATER),
  MINIO_USE_SSL("false", new Kind.Flag(), Use.LATER),
  QDRANT_URL("", new Kind.Text(), Use.LATER),
  NEO4J_URL("", new Kind.Text(), Use.LATER),
  NEO4J_USER("", new Kind.Text(), Use.LATER),
  NEO4J_PASSWORD("", new Kind.Secret(), Use.LATER),
  RUNNER_URL("", new Kind.Text(), Use.LATER),
  CLAUDEMESH_SERVICES_DIR("", new Kind.Text(), Use.LATER),
  MAX_SERVICES_PER_MESH("20", new Kind.Whole(0, 10_000), Use.LATER),
  MAX_SERVICE_ZIP_BYTES("52428800", new Kind.Whole(0, 1_073_741_824), Use.LATER),
  ANTHROPIC_API_KEY("", new Kind.Secret(), Use.LATER),
  NODE_ENV("", new Kind.Text(), Use.LATER),
  TELEGRAM_BOT_TOKEN("", new Kind.Secret(), Use.LATER),
  TELEGRAM_BOT_USERNAME("", new Kind.Text(), Use.LATER),
  RESEND_API_KEY("", new Kind.Secret(), Use.LATER),
  POSTMARK_API_KEY("", new Kind.Secret(), Use.LATER);

  /// Names that the launcher, the command line, the MCP server and Compose read; they are welcome
  /// in the broker's environment and mean nothing to it.
  private static final Pattern CLIENT_NAMES =
      Pattern.compile(
          "CLAUDEMESH_(BROKER_URL|API_URL|APP_URL|CONFIG_DIR|DISPLAY_NAME|TOKEN|SESSION_ID|ROLE|DEBUG|HOOK_DEBUG|TELEMETRY"
              + "|TOOLS|PERMISSIONS|APPROVAL_SECONDS|LANG|LAUNCHER|QUICK|AOT|JAVA|JAVA_OPTS|IMAGE)");

  private final String fallback;
  private final Kind kind;
  private final Use use;
  private final String summary;

  Setting(String fallback, Kind kind, String summary) {
    this(fallback, kind, Use.NOW, summary);
  }

  Setting(String fallback, Kind kind, Use use) {
    this(fallback, kind, use, "");
  }

  Setting(String fallback, Kind kind, Use use, String summary) {
    this.fallback = fallback;
    this.kind = kind;
    this.use = use;
    this.summary = summary;
  }

  /// Whether the broker reads a setting yet.
  public enum Use {
    NOW,
    LATER
  }

  /// What a setting accepts.
  public sealed interface Kind {
    record Text() implements Kind {}

    /// A text that is never shown.
    record Secret() implements Kind {}

    record Whole(long min, long max) implements Kind {}

    record Flag() implements Kind {}

    record Choice(List<String> of) implements Kind {
      Choice(String... of) {
        this(List.of(of));
      }
    }

    record Url(List<String> schemes) implements Kind {
      Url(String... schemes) {
        this(List.of(schemes));
      }
    }
  }

  /// What holds where nothing is said; empty where the broker decides by itself.
  public String fallback() {
    return fallback;
  }

  public String summary() {
    return summary;
  }

  public Use use() {
    return use;
  }

  public boolean secret() {
    return kind instanceof Kind.Secret;
  }

  public static Optional<Setting> named(String name) {
    return Stream.of(values()).filter(setting -> setting.name().equals(name)).findFirst();
  }

  /// Whether a name in the environment looks like one of ours but is none: most likely a slip of
  /// the pen.
  static boolean unknown(String name) {
    return (name.startsWith("BROKER_") || name.startsWith("CLAUDEMESH_"))
        && named(name).isEmpty()
        && !CLIENT_NAMES.matcher(name).matches();
  }

  /// What is wrong with a value, or nothing. Never repeats a secret.
  Optional<String> mistake(String value) {
    return switch (kind) {
      case Kind.Text() -> Optional.empty();
      case Kind.Secret() -> Optional.empty();
      case Kind.Whole(long min, long max) ->
          wholeBetween(value, min, max)
              ? Optional.empty()
              : Optional.of(
                  "must be a whole number from " + min + " to " + max + ", not \"" + value + "\"");
      case Kind.Flag() ->
          flag(value)
              ? Optional.empty()
              : Optional.of("must be true or false, not \"" + value + "\"");
      case Kind.Choice(List<String> of) ->
          of.contains(value)
              ? Optional.empty()
              : Optional.of("must be one of " + String.join(", ", of) + ", not \"" + value + "\"");
      case Kind.Url(List<String> schemes) ->
          url(value, schemes)
              ? Optional.empty()
              : Optional.of(
                  "must be an address that begins with " + String.join(":// or ", schemes) + "://");
    };
  }

  private static boolean wholeBetween(String value, long min, long max) {
    return value.matches("-?[0-9]{1,18}")
        && Long.parseLong(value) >= min
        && Long.parseLong(value) <= max;
  }

  private static boolean flag(String value) {
    return List.of("true", "false", "1", "0").contains(value.toLowerCase(Locale.ROOT));
  }

  private static boolean url(String value, List<String> schemes) {
    try {
      URI uri = new URI(value);
      return uri.getScheme() != null
          && uri.getHost() != null
          && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
