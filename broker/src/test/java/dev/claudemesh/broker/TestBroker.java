package dev.claudemesh.broker;

import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseConfig;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A whole broker on a free port, with a database of its own and a clock that can be moved.
///
/// Start one a test class, in `@BeforeAll`; make a mesh a test, so that tests do not meet each
/// other.
public final class TestBroker implements AutoCloseable {
  private final TestDatabase database;
  private final Path data;
  private final TestClock clock;
  private final BrokerConfig config;
  private Broker broker;

  private TestBroker(Map<String, String> settings, UnaryOperator<LimitsConfig> limits) {
    try {
      data = Files.createTempDirectory("broker");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    clock = new TestClock();
    database = TestDatabase.create();
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("CLAUDEMESH_DATA", data.toString());
    environment.put("BROKER_PORT", "0");
    BrokerConfig read = BrokerConfig.read(environment, Map.of());
    config = read.withLimits(limits.apply(read.limits()));
    broker = open();
  }

  /// A broker with default settings.
  public static TestBroker start() {
    return start(Map.of());
  }

  /// A broker with these settings, by environment name.
  public static TestBroker start(Map<String, String> settings) {
    return start(settings, limits -> limits);
  }

  /// A broker with these settings and limits, which may be finer than settings allow.
  public static TestBroker start(Map<String, String> settings, UnaryOperator<LimitsConfig> limits) {
    return new TestBroker(settings, limits);
  }

  private TestBroker(TestBroker beside) {
    database = beside.database;
    data = beside.data;
    clock = beside.clock;
    config = beside.config;
    broker = open();
  }

  /// A second broker on the same data and clock. Close it before this one.
  public TestBroker beside() {
    return new TestBroker(this);
  }

  /// Ends this broker alone, where another one is beside it.
  public void leave() {
    broker.close();
  }

  private Broker open() {
    DatabaseConfig pool =
        database
            .config()
            .withPoolSize(config.limits().sizes().databaseConnections())
            .withAcquireTimeout(config.limits().timing().databaseAcquire());
    return Broker.start(config, pool, clock, clock, line -> {});
  }

  /// Stops the broker gracefully and starts another on the same data, on another port.
  public void restart() {
    broker.close();
    broker = open();
  }

  public Broker broker() {
    return broker;
  }

  public TestClock clock() {
    return clock;
  }

  /// For looking at tables; the broker has a pool of its own.
  public Database database() {
    return database.database();
  }

  public TestDatabase testDatabase() {
    return database;
  }

  public URI wsUrl() {
    return URI.create(broker.wsUrl());
  }

  public URI httpUrl() {
    return URI.create("http://127.0.0.1:" + broker.port());
  }

  /// Does at once what only time would make happen; put the clock forward first.
  public void sweep() {
    broker.sweep();
  }

  /// A new mesh, straight into the tables, and its owner.
  public TestMember mesh(String name) {
    SecretKey owner = Keys.generate();
    String meshId = Ids.next();
    String slug =
        name.toLowerCase(Locale.ROOT)
            + "-"
            + meshId.substring(0, 6).toLowerCase(java.util.Locale.ROOT);
    database()
        .dsl()
        .query(
            "insert into mesh.mesh (id, slug, name, owner_pubkey, created_at) values (?, ?, ?, ?,"
                + " cast(? as timestamptz))",
            meshId,
            slug,
            name,
            owner.publicKey().hex(),
            now())
        .execute();
    return member(meshId, slug, "owner", "admin", owner);
  }

  /// A further member of somebody's mesh.
  public TestMember member(TestMember of, String name) {
    return member(of.meshId(), of.meshSlug(), name, "member", Keys.generate());
  }

  /// A further admin of somebody's mesh.
  public TestMember admin(TestMember of, String name) {
    return member(of.meshId(), of.meshSlug(), name, "admin", Keys.generate());
  }

  private TestMember member(String meshId, String slug, String name, String role, SecretKey key) {
    String id = Ids.next();
    database()
        .dsl()
        .query(
            "insert into mesh.member (id, mesh_id, peer_pubkey, display_name, role, joined_at)"
                + " values (?, ?, ?, ?, ?, cast(? as timestamptz))",
            id,
            meshId,
            key.publicKey().hex(),
            name,
            role,
            now())
        .execute();
    return new TestMember(meshId, slug, id, name, key, Optional.empty());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  /// A socket that has said nothing yet.
  public TestSocket socket() {
    return TestSocket.open(wsUrl(), clock);
  }

  /// A socket after a good hello as a session of this member; a session key is made if it has none.
  public TestSocket connect(TestMember member) {
    TestSocket socket = socket();
    socket.hello(member.session().isPresent() ? member : member.withSession());
    return socket;
  }

  /// Connects several members.
  public List<TestSocket> connect(TestMember... members) {
    return Stream.of(members).map(this::connect).toList();
  }

  @Override
  public void close() {
    broker.close();
    database.close();
    try (Stream<Path> files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).forEach(TestBroker::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
