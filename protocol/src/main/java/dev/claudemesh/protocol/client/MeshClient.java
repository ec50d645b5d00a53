package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.ConnectionRequest.Goodbye;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// One connection to one mesh that comes back by itself: says hello, answers calls, keeps what is
/// sent until it is acknowledged, stores what comes before it confirms it, and looks after the
/// mesh's keys.
///
/// Thread-safe. Holds a few virtual threads until it is closed. Lost connections are made again
/// after 1, 2, 4, … 30 s; what cannot be mended by trying again ends the client, and {@link
/// MeshListener#ended} says what to do.
public final class MeshClient implements AutoCloseable {
  private static final Duration FLUSH = Duration.ofSeconds(2);
  private static final Duration LEAVE = Duration.ofSeconds(1);

  private final Identity identity;
  private final Inbox inbox;
  private final InstantSource clock;
  private final Engine engine;

  private MeshClient(Builder parts) {
    identity = parts.identity;
    inbox = parts.inbox;
    clock = parts.clock;
    engine = new Engine(parts);
  }

  /// Begins a client; {@link Builder#start} connects it.
  public static Builder builder(Identity identity, HelloDetails details) {
    return new Builder(identity, details);
  }

  /// What a client is made of. All parts but the identity and the details have a default: nothing
  /// is persisted, nobody listens.
  public static final class Builder {
    final Identity identity;
    final HelloDetails details;
    Keyring keyring = Keyring.inMemory();
    MeshListener listener = new MeshListener() {};
    Outbox outbox = new MemoryOutbox();
    Inbox inbox = new MemoryInbox();
    KeyPolicy keyPolicy = KeyPolicy.byProof(Optional.empty());
    ClientLimits limits = ClientLimits.SESSION;
    InstantSource clock = InstantSource.system();
    Optional<String> resumeToken = Optional.empty();

    private Builder(Identity identity, HelloDetails details) {
      this.identity = identity;
      this.details = details;
    }

    public Builder keyring(Keyring keys) {
      keyring = keys;
      return this;
    }

    public Builder listener(MeshListener told) {
      listener = told;
      return this;
    }

    /// Stays the caller's to close, after the client.
    public Builder outbox(Outbox kept) {
      outbox = kept;
      return this;
    }

    /// Stays the caller's to close, after the client.
    public Builder inbox(Inbox kept) {
      inbox = kept;
      return this;
    }

    public Builder keyPolicy(KeyPolicy policy) {
      keyPolicy = policy;
      return this;
    }

    public Builder limits(ClientLimits kept) {
      limits = kept;
      return this;
    }

    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /// The `resumeToken` of an earlier process's last hello_ack, to return within the grace
    /// unnoticed.
    public Builder resumeToken(String token) {
      resumeToken = Optional.of(token);
      return this;
    }

    /// Brings the inbox's unshown messages to the listener, then connects. Returns at once.
    public MeshClient start() {
      MeshClient client = new MeshClient(this);
      client.engine.begin();
      return client;
    }
  }

  /// Waits until the broker knows us.
  ///
  /// @throws Problem why it was refused, or why it could not be reached until then
  public HelloAck ready(Duration atMost) {
    return engine.standing.awaitOpen(atMost);
  }

  public ConnectionState state() {
    return engine.standing.state();
  }

  /// The last answer to our hello; empty before the first.
  public Optional<HelloAck> hello() {
    return engine.standing.hello();
  }

  public Identity identity() {
    return identity;
  }

  /// The clock it goes by: this machine's, whatever the broker says.
  public InstantSource clock() {
    return clock;
  }

  /// Calls an operation of the socket; completes with its reply, or with a {@link Problem}: the
  /// broker's, `timeout`, `unreachable` if the connection is down or goes down, `limit` if too many
  /// calls wait. Messages go through {@link #send}.
  public <R extends Reply> CompletableFuture<R> call(Request<R> request) {
    return engine.calls.call(notSend(request));
  }

  /// The same for a call that may take longer than others.
  public <R extends Reply> CompletableFuture<R> call(Request<R> request, Duration atMost) {
    return engine.calls.call(notSend(request), atMost);
  }

  /// The same, waiting for the reply.
  ///
  /// @throws Problem as {@link #call}
  public <R extends Reply> R ask(Request<R> request) {
    return engine.calls.ask(notSend(request));
  }

  private static <R extends Reply> Request<R> notSend(Request<R> request) {
    if (request instanceof Send) {
      throw new IllegalArgumentException(
          "Messages go through send(Outgoing), which encrypts and keeps them");
    }
    return request;
  }

  /// Encrypts a message and puts it into the outbox; completes when the broker has it on disk.
  /// Waits through lost connections without a limit of time: a caller who gives up may do so, the
  /// message is sent all the same.
  ///
  /// @throws Problem at once, and nothing was queued: `key_pending`, `too_large`, `repeated`,
  ///   `limit`, `invalid_argument`
  public CompletableFuture<Ack> send(Outgoing message) {
    engine
        .standing
        .ended()
        .ifPresent(why -> {
          throw why;
        });
    return engine.sender.send(message);
  }

  /// Tells the senders that the session has been shown their messages, now or when the connection
  /// is back; marks them in the inbox.
  public void seen(Collection<String> messageIds) {
    inbox.shown(messageIds);
    engine.seen.add(messageIds);
  }

  /// Flushes the outbox, leaves at once instead of after the grace, and closes.
  public void goodbye() {
    goodbye(FLUSH);
  }

  /// The same for who has little time; what was not sent stays in the outbox.
  public void goodbye(Duration flushAtMost) {
    engine.flush(flushAtMost);
    try {
      call(new Goodbye()).orTimeout(LEAVE.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      // gone already, or soon by the end of the grace
    }
    close(Duration.ZERO);
  }

  /// Waits until the outbox is empty, at most so long, then closes. What was not sent stays in the
  /// outbox. May be called twice.
  public void close(Duration flushAtMost) {
    if (engine.standing.beginClosing()) {
      engine.flush(flushAtMost);
      engine.stop();
    }
  }

  /// Closes after up to 2 s for the outbox.
  @Override
  public void close() {
    close(FLUSH);
  }
}
