package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.SessionKeys;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.PresenceRequest;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The MCP server of one Claude Code session, put together by hand. Lives as long as its input, its
/// parent and no signal end it.
///
/// The transport is up before any broker is reached, so that a session never waits for the network.
public final class ClaudeMcp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClaudeMcp.class);
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Duration STATS = Duration.ofSeconds(60);
  private static final Duration LEAVE = Duration.ofSeconds(3);
  private static final int MAX_GROUPS = 50;

  /// Why a conversation ended, if the session goes on with another one.
  private static final Set<String> GOES_ON = Set.of("clear", "resume");

  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch left = new CountDownLatch(1);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("claudemesh-timer").factory());
  private final InstantSource clock = InstantSource.system();
  private final Counters counters = new Counters(clock.instant());
  private final Cancellations cancellations = new Cancellations();
  private final StdioServerTransportProvider transport;
  private final McpSyncServer server;
  private final Postman postman;
  private final Notices notices;
  private final EditWarning edits;
  private final PermissionDesk permissions;
  private final Meshes meshes;
  private final Skills skills;
  private final StatusReporter status;
  private final StatusLine statusLine;
  private final SessionKeys sessionKeys;
  private final String peer;
  private String conversation;
  private final Optional<HookDesk> desk;

  private ClaudeMcp(McpSettings settings, InputStream in, OutputStream out, String version) {
    transport =
        new StdioServerTransportProvider(
            new JacksonMcpJsonMapper(JsonMapper.builder().build()),
            new DiscoverFilter(in, out, cancellations::passing, over::countDown),
            out);
    List<MeshLink> links = new ArrayList<>();
    meshes = new Meshes(links);
    ClaudeSession session = settings.session();
    sessionKeys = new ConfigFolder(settings.configFile().folder()).sessionKeys();
    peer = settings.peer();
    conversation = session.id();
    statusLine = new StatusLine(settings.configFile().folder(), session.id());
    Optional<InboxSocket> inbox =
        session.inboxSocket().map(path -> new InboxSocket(path, session.inboxToken().orElse("")));
    postman = new Postman(settings.mode(), new Doorways(inbox, this::channel), meshes::seen, clock);
    notices =
        new Notices(
            settings.mode(),
            inbox.map(socket -> text -> socket.post(text, "claudemesh", Priority.NEXT)),
            this::channel,
            clock);
    edits = new EditWarning(meshes::claimsOn, clock);
    permissions = new PermissionDesk(meshes::links, asker(settings), clock);
    status = new StatusReporter(meshes, new SessionFile(session)::status, clock);
    skills = new Skills(this::server, settings.memberships().size() > 1);
    server = serve(settings, version);
    settings
        .memberships()
        .forEach(membership ->
            links.add(
                new MeshLink(
                    settings,
                    membership,
                    this::arrived,
                    notices::arrived,
                    status::connected,
                    permissions)));
    desk = openDesk(settings);
    timer.scheduleWithFixedDelay(
        this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        this::report, STATS.toSeconds(), STATS.toSeconds(), TimeUnit.SECONDS);
  }

  /// Serves one session over the given streams until it ends. Nothing else may write to `out`.
  ///
  /// @param environment as Claude Code set it
  /// @return when the input has ended, the parent is gone, or the process is told to stop
  public static void run(
      Map<String, String> environment,
      ConfigFolder folder,
      String version,
      InputStream in,
      OutputStream out) {
    McpSettings settings = settings(environment, folder);
    try (ClaudeMcp mcp = new ClaudeMcp(settings, in, out, version)) {
      Thread onSignal = Thread.ofPlatform().name("claudemesh-stop").unstarted(mcp::close);
      Runtime.getRuntime().addShutdownHook(onSignal);
      ProcessHandle.of(settings.session().parent())
          .ifPresent(parent -> parent.onExit().thenRun(mcp.over::countDown));
      mcp.over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static McpSettings settings(Map<String, String> environment, ConfigFolder folder) {
    ClaudeSession session = ClaudeSession.of(environment).settled();
    String peer = folder.sessionKeys().peer(session.id());
    ConfigFile file = folder.config(warning -> log.warn("{}", warning));
    Config config = file.read();
    config.faults().forEach(fault -> log.warn("{}: {}", file.path(), fault));
    return new McpSettings(
        config.memberships(),
        folder.sessionKeys().of(peer, InstantSource.system().instant()),
        peer,
        Optional.ofNullable(environment.get("CLAUDEMESH_DISPLAY_NAME"))
            .filter(name -> !name.isBlank())
            .or(() -> config.setting("displayName")),
        config.value("groups").map(ClaudeMcp::groups).filter(groups -> !groups.isEmpty()),
        Optional.ofNullable(environment.get("CLAUDE_MODEL")).filter(model -> !model.isBlank()),
        mode(config),
        tools(environment),
        Optional.ofNullable(environment.get(HelloDetails.PERMISSIONS)),
        file,
        session);
  }

  private static MessageMode mode(Config config) {
    try {
      return config.setting("messageMode").map(MessageMode::of).orElse(MessageMode.PUSH);
    } catch (IllegalArgumentException e) {
      log.warn("{}; using push", e.getMessage());
      return MessageMode.PUSH;
    }
  }

  private static ToolChoice tools(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("CLAUDEMESH_TOOLS"))
        .filter(words -> !words.isBlank())
        .map(ToolChoice::of)
        .orElse(ToolChoice.ALL);
  }

  private static List<GroupRole> groups(JsonNode value) {
    List<GroupRole> groups = new ArrayList<>();
    for (JsonNode entry : value) {
      if (entry.path("name").isString() && groups.size() < MAX_GROUPS) {
        groups.add(
            new GroupRole(entry.get("name").stringValue(), entry.path("role").asStringOpt()));
      }
    }
    return groups;
  }

  private McpSyncServer serve(McpSettings settings, String version) {
    List<Tool> tools = new ArrayList<>();
    tools.add(new SendMessageTool(meshes, counters));
    tools.add(new CheckMessagesTool(postman, notices));
    Catalog.operations().stream()
        .filter(op -> op.operation().tool())
        .forEach(op -> tools.add(new CatalogTool(op, meshes, status, settings.session())));
    tools.add(new ScheduleReminderTool(meshes, clock));
    tools.add(new ShareSkillTool(meshes, skills));
    tools.add(new MeshStatsTool(meshes, counters, clock));
    tools.add(new PingMeshTool(meshes, postman));
    tools.add(new ToolCallTool(meshes));
    tools.add(new RegisterServerTool());
    return McpServer.sync(transport)
        .jsonSchemaValidator(new LateValidator())
        .serverInfo("claudemesh", version)
        .instructions(Instructions.text(settings))
        .capabilities(
            McpSchema.ServerCapabilities.builder()
                .experimental(Map.of("claude/channel", Map.of()))
                .tools(true)
                .prompts(true)
                .resources(false, true)
                .build())
        .tools(
            settings.tools().from(tools).stream()
                .map(tool -> ToolSpecifications.of(tool, counters, cancellations))
                .toList())
        .build();
  }

  private McpSyncServer server() {
    return server;
  }

  private Optional<HookDesk> openDesk(McpSettings settings) {
    Path folder = settings.configFile().folder();
    ClaudeSession session = settings.session();
    try {
      HookDesk opened = HookDesk.open(folder, session.id(), this::hook);
      opened.alsoFor(HookDesk.named(session.parent()));
      return Optional.of(opened);
    } catch (IOException e) {
      log.warn("hooks cannot report to this process: {}", e.toString());
      return Optional.empty();
    }
  }

  private static PermissionDesk.Asker asker(McpSettings settings) {
    return new PermissionDesk.Asker(
        settings.displayName().orElse(settings.session().id()),
        settings.session().cwd(),
        HostName.of(System.getenv()).orElse("?"),
        PermissionDesk.patience(System.getenv()));
  }

  private void arrived(String slug, IncomingMessage message) {
    counters.received();
    postman.arrived(slug, message);
  }

  /// What a hook of this session prints.
  private ObjectNode hook(HookEvent event, JsonNode input, CompletableFuture<Void> gone) {
    if (event == HookEvent.PERMISSION) {
      return permissions.decide(input, gone);
    }
    Optional<Path> transcript =
        input.path("transcript_path").asStringOpt().filter(path -> !path.isBlank()).map(Path::of);
    input.path("session_id").asStringOpt().filter(ClaudeSession::isId).ifPresent(this::inSession);
    event.status().ifPresent(status::hook);
    ObjectNode output = Wire.mapper().createObjectNode();
    switch (event) {
      case PROMPT -> {
        Postman.WithPrompt along = postman.prompt(input.path("prompt").asString(""), transcript);
        if (along.block()) {
          output.put("decision", "block").put("reason", "This message was shown before.");
        }
        Stream.of(along.context(), notices.withPrompt())
            .flatMap(Optional::stream)
            .reduce((letters, lines) -> letters + "\n\n" + lines)
            .ifPresent(context -> addContext(output, event, context));
      }
      case EDIT ->
          edits
              .before(input)
              .ifPresent(warning -> {
                addContext(output, event, warning);
                output.put("systemMessage", warning);
              });
      case STOP, STOP_FAILURE, SESSION_START -> postman.confirm(transcript);
      case PERMISSION -> throw new IllegalStateException("People answer it");
      case SESSION_END -> {
        postman.confirm(transcript);
        if (!GOES_ON.contains(input.path("reason").asString(""))) {
          over.countDown();
        }
      }
    }
    return output;
  }

  /// `/clear` and `/resume` change the conversation of a session that goes on: it stays the peer
  /// that it is, and is found under the new id, too.
  private synchronized void inSession(String id) {
    if (id.equals(conversation)) {
      return;
    }
    conversation = id;
    statusLine.moveTo(id);
    try {
      sessionKeys.goesOn(id, peer);
      if (desk.isPresent()) {
        desk.get().alsoFor(id);
      }
    } catch (IOException | Problem e) {
      log.warn("what comes after /clear is not tied to what was before: {}", e.getMessage());
    }
  }

  private static void addContext(ObjectNode output, HookEvent event, String context) {
    output
        .putObject("hookSpecificOutput")
        .put("hookEventName", event.claudeName())
        .put("additionalContext", context);
  }

  private boolean channel(String content, Map<String, String> attributes) {
    try {
      transport
          .notifyClients(
              "notifications/claude/channel", Map.of("content", content, "meta", attributes))
          .block(Duration.ofSeconds(2));
      return true;
    } catch (RuntimeException e) {
      log.info("a channel notification could not be sent: {}", e.toString());
      return false;
    }
  }

  private void tick() {
    try {
      if (status.tick()) {
        postman.remind();
      }
      statusLine.show(
          meshes.links().stream().map(link -> link.line(clock.instant())).toList(),
          postman.waiting(),
          clock.instant());
      notices.tick();
      skills.tick(meshes.links());
    } catch (RuntimeException e) {
      log.error("the timer failed", e);
    }
  }

  private void report() {
    for (MeshLink link : meshes.links()) {
      if (link.connected()) {
        link.client().call(new PresenceRequest.SetStats(counters.at(clock.instant())));
      }
    }
  }

  /// Sends what waits in the outboxes, leaves the meshes, and stops. May be called twice and from a
  /// shutdown hook.
  @Override
  public void close() {
    over.countDown();
    if (!closed.compareAndSet(false, true)) {
      awaitLeft(); // else a signal would end the process while the other caller still says goodbye
      return;
    }
    timer.shutdownNow();
    // First of all: Claude Code kills us half a second after it asked us to end.
    List<Thread> leaving =
        meshes.links().stream().map(link -> Thread.ofVirtual().start(link::leave)).toList();
    desk.ifPresent(HookDesk::close);
    statusLine.close();
    for (Thread thread : leaving) {
      try {
        thread.join(LEAVE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    left.countDown();
    server.close();
  }

  private void awaitLeft() {
    try {
      left.await(LEAVE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
