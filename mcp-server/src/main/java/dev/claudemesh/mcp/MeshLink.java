package dev.claudemesh.mcp;

import dev.claudemesh.mcp.tools.ToolCaller;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.approvals.ApprovalReply.Passed;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.ClaimEvent;
import dev.claudemesh.protocol.claims.ClaimRequest;
import dev.claudemesh.protocol.client.ConnectionState;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.Inbox;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.JournalInbox;
import dev.claudemesh.protocol.client.JournalOutbox;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MemoryInbox;
import dev.claudemesh.protocol.client.MemoryOutbox;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.client.News;
import dev.claudemesh.protocol.client.Outbox;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Approvers;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.KeyProofs;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.skills.SkillEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This session on one mesh: the connection, its journals, and what went wrong with it last.
///
/// The journals stand in a folder of the session, so that what was confirmed to the broker and not
/// shown yet survives this process. Where another process holds them (the same session resumed
/// twice), this one keeps its letters in memory and says so in the log.
final class MeshLink implements AutoCloseable, PermissionDesk.Mesh {
  private static final Logger log = LoggerFactory.getLogger(MeshLink.class);

  /// Claude Code kills us half a second after it asked us to end; the outbox is on disk.
  private static final Duration HURRY = Duration.ofMillis(200);

  private static final Duration CLAIMS = Duration.ofMillis(500);
  private static final Duration FIRST_CONNECTION = Duration.ofSeconds(6);

  private final Membership membership;
  private final Inbox inbox;
  private final Outbox outbox;
  private final ToolCaller calls = new ToolCaller();
  private final MeshClient client;
  private final Approvers approvers;
  private final AtomicBoolean skillsChanged = new AtomicBoolean();
  private final OthersClaims others = new OthersClaims();
  private final HeadCount headCount = new HeadCount();
  private final AtomicReference<Optional<Problem>> trouble =
      new AtomicReference<>(Optional.empty());

  /// @param arrived told the mesh's slug and each message
  /// @param told what happened beside messages
  /// @param reached told each time the connection stands
  /// @param permissions told of answers to what it asked
  MeshLink(
      McpSettings settings,
      Membership membership,
      BiConsumer<String, IncomingMessage> arrived,
      Consumer<Notice> told,
      Consumer<MeshLink> reached,
      PermissionDesk permissions) {
    this.membership = membership;
    approvers = new Approvers(settings.configFile().folder(), membership.meshId());
    Path folder =
        settings
            .configFile()
            .folder()
            .resolve("mail")
            .resolve(settings.peer())
            .resolve(membership.meshId());
    inbox =
        journal(
            "inbox", () -> JournalInbox.open(folder.resolve("inbox.journal")), MemoryInbox::new);
    outbox =
        journal(
            "outbox",
            () -> JournalOutbox.open(folder.resolve("outbox.journal")),
            MemoryOutbox::new);
    Identity identity = membership.identity(settings.sessionKey());
    Keyring keyring =
        new Keyring(
            membership.keys(),
            key ->
                settings.configFile().update(config -> config.withKey(membership.meshId(), key)));
    client =
        MeshClient.builder(identity, details(settings))
            .keyring(keyring)
            .keyPolicy((meshId, request, members) ->
                KeyProofs.refusal(meshId, membership.owner(), request, members))
            .inbox(inbox)
            .outbox(outbox)
            .listener(listener(arrived, told, reached, permissions))
            .start();
  }

  Membership membership() {
    return membership;
  }

  String slug() {
    return membership.slug();
  }

  MeshClient client() {
    return client;
  }

  /// Calls of tools that others lend.
  ToolCaller calls() {
    return calls;
  }

  @Override
  public String meshId() {
    return membership.meshId();
  }

  @Override
  public SecretKey memberKey() {
    return membership.key();
  }

  @Override
  public List<PublicKey> approvers() {
    return approvers.keys();
  }

  @Override
  public CompletableFuture<Passed> pass(ApprovalRequest<Passed> request) {
    return client.call(request);
  }

  @Override
  public boolean connected() {
    return client.state() == ConnectionState.OPEN;
  }

  @Override
  public boolean reached() {
    try {
      requireConnection();
      return true;
    } catch (Problem away) {
      return false;
    }
  }

  /// Why it is not connected; empty if it is, or has not tried yet.
  Optional<Problem> trouble() {
    return connected() ? Optional.empty() : trouble.get();
  }

  /// Names on this mesh, as they are now.
  ///
  /// @throws Problem as {@link MeshClient#ask}
  Targets targets() {
    return new Targets(
        client.ask(new PresenceRequest.ListPeers()).peers(),
        client.ask(new MemberRequest.ListMembers()).members());
  }

  /// Claims of others that a file belongs to. The first call, and the first after a lost
  /// connection, asks the broker and waits for it, but not long.
  ///
  /// @throws Problem if it does not answer
  List<Claim> claimsOn(String root, String path, Instant now) {
    others.ensure(() -> {
      try {
        return client
            .call(new ClaimRequest.ListClaims(Optional.empty(), Optional.empty()))
            .orTimeout(CLAIMS.toMillis(), TimeUnit.MILLISECONDS)
            .join()
            .claims();
      } catch (CompletionException e) {
        throw e.getCause() instanceof Problem why
            ? why
            : new Problem(ProblemCode.TIMEOUT, "The broker did not tell the claims in time");
      }
    });
    return others.on(root, path, client.identity().address().hex(), now);
  }

  /// Makes sure that calls can go through. A connection that is just being made is waited for a
  /// moment: a session often calls its first tool before the broker has answered.
  ///
  /// @throws Problem `unreachable`, or what ended the connection
  void requireConnection() {
    if (connected()) {
      return;
    }
    if (client.state() == ConnectionState.CONNECTING) {
      client.ready(FIRST_CONNECTION);
      return;
    }
    throw trouble()
        .orElseGet(() ->
            new Problem(
                ProblemCode.UNREACHABLE,
                "Not connected to the mesh "
                    + slug()
                    + "; try again in a moment, or run: claudemesh doctor"));
  }

  /// This mesh as the status line tells of it.
  StatusLine.Mesh line(Instant now) {
    boolean connected = connected();
    return new StatusLine.Mesh(
        slug(), connected, connected ? headCount.current(client, now) : Optional.empty());
  }

  /// The skills of the mesh are to be asked for again.
  void skillsChanged() {
    skillsChanged.set(true);
  }

  /// Whether they are; then it is up to the caller.
  boolean takeSkillsChanged() {
    return skillsChanged.getAndSet(false);
  }

  /// Sends what waits, leaves the mesh at once, and gives the journals back.
  void leave() {
    client.goodbye(HURRY);
    closeJournals();
  }

  @Override
  public void close() {
    client.close(Duration.ofSeconds(2));
    closeJournals();
  }

  private void closeJournals() {
    inbox.close();
    outbox.close();
  }

  private MeshListener listener(
      BiConsumer<String, IncomingMessage> arrived,
      Consumer<Notice> told,
      Consumer<MeshLink> reached,
      PermissionDesk permissions) {
    return new MeshListener() {
      @Override
      public void message(IncomingMessage message) {
        arrived.accept(slug(), message);
      }

      @Override
      public void connected(HelloAck hello) {
        headCount.connected();
        skillsChanged();
        reached.accept(MeshLink.this);
      }

      @Override
      public void event(Event event) {
        calls.event(event);
        if (event instanceof SkillEvent.Changed) {
          skillsChanged();
        }
        if (event instanceof ClaimEvent.ClaimsChanged change) {
          others.changed(change);
        }
        permissions.heard(MeshLink.this, event);
        Notice.of(slug(), event).ifPresent(told);
      }

      @Override
      public void news(News news) {
        headCount.heard(news);
        told.accept(Notice.of(slug(), news));
      }

      @Override
      public void disconnected(Problem why, Duration retryIn) {
        others.lost();
        permissions.lost();
        lost(why, retryIn);
      }

      @Override
      public void ended(Problem why) {
        trouble.set(Optional.of(why));
        log.warn("{}: the connection ended: {}", slug(), why.getMessage());
      }

      @Override
      public void warned(Problem problem) {
        log.warn("{}: {}", slug(), problem.getMessage());
      }
    };
  }

  private void lost(Problem why, Duration retryIn) {
    trouble.set(Optional.of(why));
    log.info(
        "{}: not connected ({}), next try in {} ms",
        slug(),
        why.code().wireName(),
        retryIn.toMillis());
  }

  private static HelloDetails details(McpSettings settings) {
    ClaudeSession session = settings.session();
    return new HelloDetails(
            settings.displayName(),
            session.id(),
            (int) session.parent(),
            session.cwd(),
            HostName.of(System.getenv()),
            settings.model(),
            Optional.of("ai"),
            Optional.of("claude-code"),
            settings.groups(),
            dev.claudemesh.protocol.connection.Purpose.SESSION)
        .heldTo(settings.permissions());
  }

  private <T> T journal(String what, Supplier<T> durable, Supplier<T> otherwise) {
    try {
      return durable.get();
    } catch (Problem e) {
      log.warn("{}: the {} is kept in memory only: {}", membership.slug(), what, e.getMessage());
      return otherwise.get();
    }
  }
}
