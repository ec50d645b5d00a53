package dev.claudemesh.broker.kernel;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the broker was told at its start. Read once; nothing below reads the environment.
///
/// @param host address to listen on
/// @param port 0 takes a free one
/// @param data folder for everything the broker keeps
/// @param databaseUrl a PostgreSQL of the operator's; without it the broker runs its own
/// @param sqlDatabaseUrl a database for the SQL of meshes; without it, one beside the broker's own
/// @param compat whether clients of the first protocol may call without proof
/// @param meshCreation who may make a mesh
/// @param meshCreationToken what they must know where a token is asked for; without it one is made
///   in the data folder
/// @param accounts whether people may sign in
/// @param mail where mail is handed in; without it, none is sent
/// @param brokerUrl WebSocket address for invites
/// @param publicUrl HTTP address for links; without it, what the request came by
/// @param appUrl address of a web app
/// @param gitSha revision, for `/health`
/// @param found each setting with its source, secrets masked
public record BrokerConfig(
    String host,
    int port,
    Path data,
    Optional<String> databaseUrl,
    Optional<String> sqlDatabaseUrl,
    boolean compat,
    MeshCreation meshCreation,
    Optional<String> meshCreationToken,
    boolean accounts,
    Optional<MailServer> mail,
    Optional<URI> brokerUrl,
    Optional<URI> publicUrl,
    Optional<URI> appUrl,
    Optional<String> gitSha,
    LimitsConfig limits,
    List<Found> found) {
  /// Name of the settings file in the data folder.
  public static final String FILE = "broker.properties";

  private static final String MASK = "***";

  /// One setting as `claudemesh broker config` prints it.
  ///
  /// @param source default, file, environment or flag
  public record Found(String name, String value, String source) {}

  /// Reads all settings: default, then the file in the data folder, then the environment, then
  /// flags.
  ///
  /// @param flags by setting name, such as `BROKER_PORT` for `--port`
  /// @throws ConfigException listing every mistake
  public static BrokerConfig read(Map<String, String> environment, Map<String, String> flags) {
    Settings settings = new Settings();
    settings.flags(flags);
    settings.environment(environment);
    Path data = data(settings, environment);
    settings.file(data.resolve(FILE));
    Optional<InetAddress> address = address(settings);
    Optional<MailServer> mail = MailServer.of(settings);
    if (settings.whole(Setting.PONG_TIMEOUT_SECONDS)
        <= settings.whole(Setting.PING_INTERVAL_SECONDS)) {
      settings.mistake(
          "PONG_TIMEOUT_SECONDS must be more than PING_INTERVAL_SECONDS, or every connection would"
              + " be ended");
    }
    if (!settings.mistakes().isEmpty()) {
      throw new ConfigException(settings.mistakes());
    }
    return new BrokerConfig(
        settings.text(Setting.BROKER_HOST),
        settings.whole(Setting.BROKER_PORT),
        data,
        settings.optional(Setting.DATABASE_URL),
        settings.optional(Setting.SQL_DATABASE_URL),
        settings.flag(Setting.BROKER_COMPAT),
        settings
            .optional(Setting.BROKER_MESH_CREATION)
            .map(text -> MeshCreation.valueOf(text.toUpperCase(Locale.ROOT)))
            .orElse(
                address.filter(InetAddress::isLoopbackAddress).isPresent()
                    ? MeshCreation.OPEN
                    : MeshCreation.TOKEN),
        settings.optional(Setting.BROKER_MESH_CREATION_TOKEN),
        settings.flag(Setting.BROKER_ACCOUNTS),
        mail,
        settings.optional(Setting.BROKER_URL).map(URI::create),
        settings.optional(Setting.BROKER_PUBLIC_URL).map(URI::create),
        settings.optional(Setting.APP_URL).map(URI::create),
        settings.optional(Setting.GIT_SHA),
        LimitsSettings.read(settings),
        found(settings, data));
  }

  public BrokerConfig withLimits(LimitsConfig changed) {
    return new BrokerConfig(
        host,
        port,
        data,
        databaseUrl,
        sqlDatabaseUrl,
        compat,
        meshCreation,
        meshCreationToken,
        accounts,
        mail,
        brokerUrl,
        publicUrl,
        appUrl,
        gitSha,
        changed,
        found);
  }

  private static Path data(Settings settings, Map<String, String> environment) {
    return settings
        .optional(Setting.CLAUDEMESH_DATA)
        .map(Path::of)
        .orElseGet(() ->
            Path.of(
                environment.getOrDefault("HOME", System.getProperty("user.home")),
                ".claudemesh",
                "broker"))
        .toAbsolutePath()
        .normalize();
  }

  private static Optional<InetAddress> address(Settings settings) {
    String host = settings.text(Setting.BROKER_HOST);
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      settings.mistake("BROKER_HOST \"" + host + "\" is no address of this machine");
      return Optional.empty();
    }
  }

  private static List<Found> found(Settings settings, Path data) {
    return settings.values().entrySet().stream()
        .map(entry -> {
          Setting setting = entry.getKey();
          String text =
              setting == Setting.CLAUDEMESH_DATA ? data.toString() : entry.getValue().text();
          return new Found(
              setting.name(),
              setting.secret() && !text.isEmpty() ? MASK : text,
              entry.getValue().source().name().toLowerCase(Locale.ROOT));
        })
        .toList();
  }

  /// Without secrets.
  @Override
  public String toString() {
    return "BrokerConfig[host="
        + host
        + ", port="
        + port
        + ", data="
        + data
        + ", compat="
        + compat
        + ", meshCreation="
        + meshCreation
        + "]";
  }
}
