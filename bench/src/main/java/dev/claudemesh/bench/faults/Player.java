package dev.claudemesh.bench.faults;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.ConnectionState;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.JournalInbox;
import dev.claudemesh.protocol.client.JournalOutbox;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.Undecryptable;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// One peer: the product's client on journals on disk, as a session of Claude Code has it, and a
/// ledger of what it sent and what was on its screen.
///
/// What comes is shown at once, but `low`, which waits until the peer looks. A client that ended
/// for good is started again after a moment, as a person would.
final class Player implements AutoCloseable {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /// Impatient, so that a minute holds many recoveries.
  private static final ClientLimits LIMITS =
      ClientLimits.SESSION
          .withPauses(Duration.ofMillis(200), Duration.ofSeconds(2))
          .withTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(5))
          .withWatchdog(Duration.ofSeconds(2), Duration.ofSeconds(6));

  private final Cast.Peer me;
  private final Cast cast;
  private final Place place;
  private final Ledger ledger;
  private final JournalInbox inbox;
  private final JournalOutbox outbox;
  private final ResumeToken resume;
  private final Membership membership;
  private final ConfigFile config;
  private final Map<String, IncomingMessage> low = new LinkedHashMap<>();
  private final int sentBefore;
  private int number;
  private int life;
  private boolean closed;
  private volatile CompletableFuture<MeshClient> client = new CompletableFuture<>();

  /// Where a peer lives.
  ///
  /// @param run folder of the run
  /// @param broker where it connects
  record Place(Path run, URI broker) {
    static Path config(Path run, String member) {
      return run.resolve("members").resolve(member);
    }

    static Path ledger(Path run, String peer) {
      return run.resolve("peers").resolve(peer).resolve("ledger");
    }

    static Path clock(Path run, int process) {
      return run.resolve("clock-" + process);
    }

    Path file(Cast.Peer peer, String name) {
      return run.resolve("peers").resolve(peer.name()).resolve(name);
    }
  }

  Player(Cast cast, Cast.Peer me, Place place) {
    this.cast = cast;
    this.me = me;
    this.place = place;
    Path file = Place.ledger(place.run(), me.name());
    sentBefore =
        Ledger.read(file).stream()
            .mapToInt(entry -> entry instanceof Entry.Sent sent ? sent.number() : 0)
            .max()
            .orElse(0);
    number = sentBefore;
    ledger = Ledger.open(file);
    ledger.write(new Entry.Start(now(), ProcessHandle.current().pid()));
    inbox = JournalInbox.open(place.file(me, "inbox.journal"));
    outbox = JournalOutbox.open(place.file(me, "outbox.journal"));
    resume = new ResumeToken(place.file(me, "resume"));
    config = new ConfigFile(Place.config(place.run(), me.member()), warning -> {});
    membership = config.read().byId(cast.meshId()).orElseThrow();
  }

  /// How many messages its earlier processes sent.
  int sentBefore() {
    return sentBefore;
  }

  String name() {
    return me.name();
  }

  private static long now() {
    return Uptime.millis();
  }

  /// Connects, and shows what an earlier process stored and did not show.
  void connect() {
    Identity identity =
        new Identity(
            place.broker(),
            membership.meshId(),
            membership.memberId(),
            membership.key(),
            Optional.of(
                new ConfigFolder(config.folder()).sessionKeys().of(me.name(), Instant.now())));
    MeshClient.Builder builder =
        MeshClient.builder(identity, details())
            .keyring(
                new Keyring(
                    membership.keys(),
                    key -> config.update(file -> file.withKey(membership.meshId(), key))))
            .inbox(inbox)
            .outbox(outbox)
            .limits(LIMITS)
            .clock(new FalseClock(Place.clock(place.run(), me.process())))
            .listener(new Ear(life()));
    resume.read().ifPresent(builder::resumeToken);
    client.complete(builder.start());
  }

  private HelloDetails details() {
    HelloDetails own =
        HelloDetails.ofThisProcess(Purpose.SESSION).named(me.name()).inSession(me.name());
    return new HelloDetails(
        own.displayName(),
        own.sessionId(),
        own.pid(),
        own.cwd(),
        own.hostname(),
        own.model(),
        Optional.of("ai"),
        own.channel(),
        Optional.of(
            me.groups().stream().map(group -> new GroupRole(group, Optional.empty())).toList()),
        own.purpose());
  }

  /// Sends one message; what cannot even be kept is noted as refused.
  void send(String target, Priority priority, int length) {
    int next = ++number;
    ledger.write(new Entry.Sent(now(), next, target, priority, length));
    try {
      CompletableFuture<Ack> acked =
          client
              .join()
              .send(
                  new Outgoing(
                      target,
                      priority,
                      new Parcel(me.name(), next, length).text(),
                      Optional.empty(),
                      false));
      ledger.write(new Entry.Kept(now(), next));
      acked.whenComplete((ack, failure) -> answered(next, ack, failure));
    } catch (Problem refused) {
      ledger.write(new Entry.Refused(now(), next, refused.code().wireName()));
    }
  }

  private void answered(int which, Ack ack, Throwable failure) {
    if (failure == null) {
      ledger.write(new Entry.Acked(now(), which, ack.messageId(), ack.recipients().orElse(0)));
    } else if (client.join().state() != ConnectionState.ENDED) {
      Throwable cause =
          failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
      String code = cause instanceof Problem problem ? problem.code().wireName() : "bug";
      ledger.write(new Entry.Refused(now(), which, code));
    } // else it stays in the outbox for the next client
  }

  /// How many messages wait to be sent.
  int waiting() {
    return outbox.pending().size();
  }

  void say(Status status) {
    client.join().call(new PresenceRequest.SetStatus(status, Optional.empty()));
  }

  /// Looks at what may not interrupt.
  void check() {
    List<IncomingMessage> taken;
    int since;
    synchronized (this) {
      since = life;
      taken = new ArrayList<>(low.values());
      low.clear();
    }
    taken.forEach(message -> show(message, since));
  }

  boolean online() {
    return client.isDone() && client.join().state() == ConnectionState.OPEN;
  }

  /// Whether nothing is on its way out and nothing waits to be shown.
  boolean quiet() {
    return online() && waiting() == 0 && inbox.unshown().isEmpty();
  }

  /// First the screen, then the mark: the other way round, a kill in between would lose a message.
  ///
  /// @param since what an ended client still hands over is brought again by its successor
  private synchronized void show(IncomingMessage message, int since) {
    if (since != life) {
      return;
    }
    Optional<Parcel> parcel = Parcel.claimedBy(message.text());
    String sender = parcel.map(Parcel::sender).orElse("?");
    boolean intact =
        parcel.filter(claimed -> claimed.text().equals(message.text())).isPresent()
            && cast.at(message.senderKey()).filter(peer -> peer.name().equals(sender)).isPresent();
    ledger.write(
        new Entry.Shown(
            now(),
            sender,
            parcel.map(Parcel::number).orElse(0),
            message.id(),
            message.targetSpec().orElse("?"),
            message.priority(),
            intact));
    client.join().seen(List.of(message.id()));
    ledger.write(new Entry.Marked(now(), message.id()));
  }

  private synchronized void keepForLater(IncomingMessage message, int since) {
    if (since == life) {
      low.put(message.id(), message);
    }
  }

  private synchronized int life() {
    return life;
  }

  /// Makes a new client where one gave up.
  private void again() {
    MeshClient old = client.join();
    synchronized (this) {
      life++;
      low.clear();
      client = new CompletableFuture<>();
    }
    old.close(Duration.ZERO);
    try {
      Thread.sleep(AGAIN);
    } catch (InterruptedException e) {
      return; // nobody does
    }
    synchronized (this) {
      if (!closed) {
        connect();
      }
    }
  }

  /// What one client tells.
  private final class Ear implements MeshListener {
    private final int born;

    Ear(int born) {
      this.born = born;
    }

    @Override
    public void message(IncomingMessage message) {
      if (message.priority() == Priority.LOW) {
        keepForLater(message, born);
      } else {
        show(message, born);
      }
    }

    @Override
    public void undecryptable(Undecryptable message) {
      note("cannot open " + message.id());
    }

    @Override
    public void connected(HelloAck hello) {
      resume.write(hello.resumeToken());
      note("connected");
    }

    @Override
    public void disconnected(Problem why, Duration retryIn) {
      note("disconnected " + why.code().wireName() + " " + why.getMessage());
    }

    @Override
    public void ended(Problem why) {
      ledger.write(new Entry.Ended(now(), why.code().wireName()));
      Thread.ofVirtual().start(Player.this::again);
    }

    @Override
    public void sendRefused(String clientMessageId, Problem why) {
      ledger.write(new Entry.Dropped(now(), clientMessageId, why.code().wireName()));
    }

    @Override
    public void warned(Problem problem) {
      note("warned " + problem.code().wireName() + " " + problem.getMessage());
    }
  }

  private void note(String text) {
    ledger.write(new Entry.Note(now(), text));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    if (client.isDone()) {
      client.join().close();
    }
    inbox.close();
    outbox.close();
    ledger.close();
  }
}
