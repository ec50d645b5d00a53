package dev.claudemesh.broker;

import dev.claudemesh.broker.accounts.AccountHandler;
import dev.claudemesh.broker.approvals.ApprovalHandler;
import dev.claudemesh.broker.audit.AuditHandler;
import dev.claudemesh.broker.claims.ClaimHandler;
import dev.claudemesh.broker.clock.ClockHandler;
import dev.claudemesh.broker.connection.ConnectionHandler;
import dev.claudemesh.broker.contexts.ContextHandler;
import dev.claudemesh.broker.groups.GroupHandler;
import dev.claudemesh.broker.invites.InviteHandler;
import dev.claudemesh.broker.kernel.AccountCalls;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.Setting;
import dev.claudemesh.broker.kernel.SignedCallers;
import dev.claudemesh.broker.kernel.SignedCalls;
import dev.claudemesh.broker.kernel.SteadyTime;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.broker.members.MemberHandler;
import dev.claudemesh.broker.memory.MemoryHandler;
import dev.claudemesh.broker.meshes.MeshHandler;
import dev.claudemesh.broker.meshes.Totals;
import dev.claudemesh.broker.messaging.MessageHandler;
import dev.claudemesh.broker.net.Health;
import dev.claudemesh.broker.net.NetServer;
import dev.claudemesh.broker.net.Rooms;
import dev.claudemesh.broker.presence.PresenceHandler;
import dev.claudemesh.broker.schedule.Outgoing;
import dev.claudemesh.broker.schedule.ScheduleHandler;
import dev.claudemesh.broker.services.ServiceHandler;
import dev.claudemesh.broker.skills.SkillHandler;
import dev.claudemesh.broker.sql.SqlHandler;
import dev.claudemesh.broker.state.StateHandler;
import dev.claudemesh.broker.streams.StreamHandler;
import dev.claudemesh.broker.tasks.TaskHandler;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseConfig;
import dev.claudemesh.db.DatabaseUrl;
import dev.claudemesh.db.SqlDatabase;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running broker, and the one place where its parts are put together: by hand, in the order they
/// depend on each other.
///
/// {@link #close()} may be called twice and from any thread. Order: accept → lanes → writers →
/// pool.
public final class Broker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Broker.class);
  private static final Duration LEASES = Duration.ofSeconds(5);
  private static final Duration CALLS = Duration.ofSeconds(1);
  private static final Duration HOURLY = Duration.ofHours(1);

  private final BrokerConfig config;
  private final Database database;
  private final SqlDatabase sql;
  private final NetServer server;
  private final Health health;
  private final MessageHandler messaging;
  private final ScheduleHandler schedule;
  private final ClockHandler simulated;
  private final ServiceHandler services;
  private final AuditHandler audit;
  private final AccountHandler accounts;
  private final Mailer mailer;
  private final Sweeps sweeps;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Broker(
      BrokerConfig config, Database database, InstantSource clock, InstantSource steady) {
    this.config = config;
    this.database = database;
    LimitsConfig limits = config.limits();
    this.sql = sqlDatabase(config, database);
    Metrics metrics = new Metrics();
    Bus bus = new Bus();
    Peers peers = new Peers();
    Kernel kernel = new Kernel(database, peers, bus, clock, limits, metrics);
    Links links = new Links(config.brokerUrl());
    TaskHandler tasks = new TaskHandler(kernel);
    MemoryHandler memory = new MemoryHandler(kernel);
    ClaimHandler claims = new ClaimHandler(kernel);
    StateHandler state = new StateHandler(kernel);
    StreamHandler streams = new StreamHandler(kernel);
    Totals totals = totals(tasks, memory, state, streams);
    MeshHandler meshes =
        new MeshHandler(database, peers, bus, clock, creation(config), links, totals);
    PresenceHandler presence =
        new PresenceHandler(database, peers, bus, clock, limits, config.compat(), metrics);
    ConnectionHandler connection = connection(kernel, config.compat(), meshes, presence);
    this.messaging = new MessageHandler(database, peers, bus, clock, steady, limits, metrics);
    this.audit = new AuditHandler(kernel);
    this.mailer = new Mailer(config.mail(), limits.mail(), steady);
    this.accounts = new AccountHandler(kernel, config.accounts(), mailer, links);
    this.services = new ServiceHandler(kernel, steady);
    this.schedule = new ScheduleHandler(kernel, outgoing(messaging));
    this.simulated = new ClockHandler(kernel);
    Rooms rooms =
        new Rooms(
            connection,
            messaging,
            presence,
            new GroupHandler(kernel),
            meshes,
            new InviteHandler(kernel, links, config.compat(), mailer),
            new MemberHandler(database, peers, bus, clock),
            audit,
            new ContextHandler(kernel),
            memory,
            services,
            state,
            streams,
            tasks,
            new SkillHandler(kernel),
            new SqlHandler(kernel, sql),
            claims,
            schedule,
            simulated,
            accounts,
            new ApprovalHandler(kernel));
    SignedCalls callers = callers(kernel, config.compat(), accounts);
    this.health = new Health(config, database::healthy, metrics, clock, sqlObstacle(sql));
    this.server = new NetServer(config, rooms, callers, audit, metrics, health, clock, steady);
    this.sweeps = new Sweeps(clock);
    sweepPeers(limits.timing().sweep(), presence, connection);
    sweepShared(limits.timing().sweep(), memory, streams, tasks, claims);
    connection.restore();
  }

  private void sweepPeers(Duration often, PresenceHandler presence, ConnectionHandler connection) {
    sweeps
        .every(often, "statuses", presence::sweep)
        .every(LEASES, "leases", connection::sweep)
        .every(LEASES, "messages", messaging::sweep)
        .every(often, "finished messages", messaging::tidy)
        .every(CALLS, "tool calls", now -> services.sweep())
        .every(often, "tool hosts", services::tidy)
        .every(HOURLY, "old leases", connection::prune)
        .every(HOURLY, "ended sign-ins", accounts::prune);
  }

  private void sweepShared(
      Duration often,
      MemoryHandler memory,
      StreamHandler streams,
      TaskHandler tasks,
      ClaimHandler claims) {
    sweeps
        .every(LEASES, "languages of memories", memory::sweep)
        .every(often, "claims", claims::sweep)
        .every(often, "schedule", schedule::sweep)
        .every(often, "clocks", simulated::sweep)
        .every(HOURLY, "ended schedules", schedule::prune)
        .every(HOURLY, "subscriptions", streams::sweep)
        .every(HOURLY, "finished tasks", _ -> tasks.prune());
  }

  private static SignedCalls callers(Kernel kernel, boolean compat, AccountCalls accounts) {
    return new SignedCallers(
        kernel.database(),
        kernel.peers(),
        kernel.clock(),
        kernel.limits().timing().clockSkew(),
        compat,
        accounts);
  }

  private static ConnectionHandler connection(
      Kernel kernel, boolean compat, MeshHandler meshes, PresenceHandler presence) {
    return new ConnectionHandler(
        kernel.database(),
        kernel.peers(),
        kernel.bus(),
        kernel.clock(),
        kernel.limits(),
        compat,
        (member, known) -> keys(meshes.keyState(member, known)),
        presence::takePending);
  }

  private static SqlDatabase sqlDatabase(BrokerConfig config, Database database) {
    LimitsConfig.Sql limits = config.limits().sql();
    return SqlDatabase.of(
        database,
        config.sqlDatabaseUrl().map(url -> DatabaseUrl.parse(Setting.SQL_DATABASE_URL.name(), url)),
        new SqlDatabase.Limits(
            limits.statement(),
            config.limits().timing().databaseAcquire(),
            limits.connections(),
            limits.quotaBytes(),
            limits.totalBytes(),
            limits.relations()));
  }

  private static Optional<String> sqlObstacle(SqlDatabase sql) {
    Optional<String> obstacle = sql.obstacle();
    obstacle.ifPresent(log::warn);
    return obstacle;
  }

  private static MeshHandler.Creation creation(BrokerConfig config) {
    Optional<CreationToken> token =
        config.meshCreation() == MeshCreation.TOKEN
            ? Optional.of(
                config
                    .meshCreationToken()
                    .map(CreationToken::new)
                    .orElseGet(() -> CreationToken.in(config.data())))
            : Optional.empty();
    return new MeshHandler.Creation(config.meshCreation(), token, config.compat());
  }

  private static Totals totals(
      TaskHandler tasks, MemoryHandler memory, StateHandler state, StreamHandler streams) {
    return new Totals() {
      @Override
      public int stateKeys(Member reader) {
        return state.count(reader);
      }

      @Override
      public List<String> streams(Member reader) {
        return streams.names(reader.meshId());
      }

      @Override
      public int memories(Member reader) {
        return memory.count(reader.meshId());
      }

      @Override
      public Tasks tasks(Member reader) {
        Map<TaskStatus, Integer> counts = tasks.counts(reader);
        return new Tasks(
            counts.getOrDefault(TaskStatus.OPEN, 0),
            counts.getOrDefault(TaskStatus.CLAIMED, 0),
            counts.getOrDefault(TaskStatus.DONE, 0));
      }
    };
  }

  private static Outgoing outgoing(MessageHandler messaging) {
    return new Outgoing() {
      @Override
      public void check(Send send, Member sender) {
        messaging.check(send, sender);
      }

      @Override
      public CompletableFuture<?> send(
          Send send, Member sender, PublicKey address, String subtype) {
        return messaging.send(send, sender, address, subtype);
      }
    };
  }

  private static ConnectionHandler.KeyState keys(MeshHandler.KeyState state) {
    return new ConnectionHandler.KeyState(
        state.epoch(), state.encryption(), state.keys(), state.requests());
  }

  /// Opens the database, migrates it, and listens.
  ///
  /// @param progress told in plain words what takes time
  /// @throws dev.claudemesh.db.DatabaseException if the database cannot be had
  /// @throws dev.claudemesh.broker.net.PortTakenException if the address cannot be had
  public static Broker start(BrokerConfig config, Consumer<String> progress) {
    return start(
        config, databaseConfig(config), InstantSource.system(), new SteadyTime(), progress);
  }

  static Broker start(
      BrokerConfig config,
      DatabaseConfig databaseConfig,
      InstantSource clock,
      InstantSource steady,
      Consumer<String> progress) {
    makeDataFolder(config);
    if (config.compat()) {
      log.warn(
          "BROKER_COMPAT is on: clients of the first protocol may call without proof of who they"
              + " are");
    }
    Database database = Database.open(databaseConfig, progress);
    try {
      Broker broker = new Broker(config, database, clock, steady);
      broker.listen();
      return broker;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private void listen() {
    messaging.start();
    audit.start();
    try {
      server.start();
    } catch (RuntimeException e) {
      messaging.stop();
      audit.stop();
      throw e;
    }
    schedule.start();
    sweeps.start();
    log.info("The broker listens on {}", wsUrl());
  }

  static DatabaseConfig databaseConfig(BrokerConfig config) {
    return config
        .databaseUrl()
        .map(url -> DatabaseConfig.server(DatabaseUrl.parse(url)))
        .orElseGet(() -> DatabaseConfig.embedded(config.data()))
        .withPoolSize(config.limits().sizes().databaseConnections())
        .withAcquireTimeout(config.limits().timing().databaseAcquire());
  }

  private static void makeDataFolder(BrokerConfig config) {
    try {
      PrivateFiles.createFolder(config.data());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot make the data folder " + config.data() + "; choose another with --data", e);
    }
  }

  /// Does at once what is otherwise done every few seconds, for tests whose clock does not run by
  /// itself.
  void sweep() {
    sweeps.all();
  }

  /// The port it listens on.
  public int port() {
    return server.port();
  }

  /// Where clients connect.
  public String wsUrl() {
    return "ws://"
        + (config.host().contains(":") ? "[" + config.host() + "]" : config.host())
        + ":"
        + port()
        + "/ws";
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      health.stopping();
      services.stop();
      server.stop();
      sweeps.close();
      simulated.stop();
      schedule.stop();
      messaging.stop();
      audit.stop();
      accounts.stop();
      mailer.stop();
      sql.close();
      database.close();
      log.info("The broker has stopped");
    }
  }
}
